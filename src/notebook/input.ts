import { host } from '../base/host.js';

/**
 * Asks the user of the notebook for a line of text; with `password`, what is typed is not shown.
 * @throws {Error} outside a notebook, and where the notebook cannot ask (one that is executed by a program)
 */
export async function input(prompt = '', options: { password?: boolean } = {}): Promise<string> {
  const notebook = host();
  if (!notebook)
    throw new Error(`input: no notebook to ask "${prompt}" in; in a program use node:readline/promises`);
  return notebook.input(prompt, options);
}
