import { inspect } from 'node:util';
import {
  type Displayable,
  type DisplayOptions,
  host,
  jupyterDisplay,
  type MimeBundle,
  mime,
} from '../base/host.js';

/**
 * Shows a value in the output of the running cell, or prints it as text outside a notebook. An object of MIME types, such as
 * `{ 'text/html': '<b>1</b>' }`, is shown as the bundle that it is.
 * @throws TypeError where such an object has something else in it
 */
export async function display(value: unknown, options: DisplayOptions = {}): Promise<void> {
  const notebook = host();
  if (notebook) notebook.display(await notebook.bundle(value), options);
  else console.log(await textOf(value));
}

async function textOf(value: unknown): Promise<string> {
  const method = (value as Partial<Displayable> | null | undefined)?.[jupyterDisplay];
  const bundle = method ? await method.call(value) : (value as MimeBundle | null | undefined);
  const text = bundle?.[mime.text];
  return typeof text === 'string' ? text : inspect(value);
}
