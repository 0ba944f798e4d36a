import { inspect } from 'node:util';
import { type Displayable, type DisplayOptions, host, jupyterDisplay, mime } from '../base/host.js';

/** Shows a value in the output of the running cell, or prints it as text outside a notebook. */
export async function display(value: unknown, options: DisplayOptions = {}): Promise<void> {
  const notebook = host();
  if (notebook) notebook.display(await notebook.bundle(value), options);
  else console.log(await textOf(value));
}

async function textOf(value: unknown): Promise<string> {
  const method = (value as Partial<Displayable> | null | undefined)?.[jupyterDisplay];
  const text = method && (await method.call(value))[mime.text];
  return typeof text === 'string' ? text : inspect(value);
}
