import { Observed } from '../../kernel/cells/hotLoops.js';
import { parameters, transformCell } from '../../kernel/cells/transform.js';

/** Runs a transformed cell with the variables `exports`; gives its value and the accessors that it defines. */
export async function runTransformed(
  js: string,
  { exports = {}, result = undefined as string | undefined, words = [0] } = {},
) {
  const { code } = transformCell(js, { result, observed: new Observed() });
  let defined: Record<string, unknown> = {};
  const globals: Record<string, unknown> = {
    exports,
    [parameters.words]: words,
    [parameters.stop]: () => {
      throw new Error('stopped');
    },
    [parameters.live]: (value: unknown) => value,
    [parameters.import]: async (specifier: string, options: unknown) => ({
      default: [specifier, options],
      named: 1,
    }),
    [parameters.define]: (accessors: Record<string, unknown>) => {
      defined = accessors;
    },
    [parameters.meta]: { url: 'file:///here' },
  };
  const cell = new Function(...Object.keys(globals), `return (async () => {"use strict";${code}})()`);
  const value = await cell(...Object.values(globals));
  return { value, defined, code };
}
