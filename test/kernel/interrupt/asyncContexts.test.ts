import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { nodeFlags } from '../../../kernel/process/nodeFlags.js';

const built = new URL('../../../dist/kernel/interrupt/asyncContexts.js', import.meta.url).href;
/** As in Node 24, which has no such binding; with the name of the function that is found. */
const program = `
process.binding = (name) => { throw new Error('No such module: ' + name); };
const { asyncContexts } = await import(${JSON.stringify(built)});
asyncContexts.clearAsyncIdStack();
asyncContexts.setPromiseHooks();
console.log(/native code/.test(String(asyncContexts.clearAsyncIdStack)) ? 'native' : 'nothing');
`;
const run = (flags: string[]) => {
  const { stdout, stderr } = spawnSync(process.execPath, [...flags, '--input-type=module', '-e', program], {
    encoding: 'utf8',
  });
  return { stdout, stderr };
};

it('finds what Node 24 has left, with the flags of a kernel, and starts without them', () => {
  expect(run(nodeFlags)).toEqual({ stdout: 'native\n', stderr: '' });
  expect(run([])).toEqual({ stdout: 'nothing\n', stderr: '' });
});

it('is started by the wheel with the same flags', () => {
  const file = new URL('../../../kernel/wheel/solireward_kernel/__main__.py', import.meta.url);
  const [, flags] = /^FLAGS = (\[.*\])$/m.exec(readFileSync(file, 'utf8'))!;
  expect(JSON.parse(flags)).toEqual(nodeFlags);
});
