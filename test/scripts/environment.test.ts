import { basename, dirname } from 'node:path';
import { expect, it } from 'vitest';

const { venvProgram } = await import(new URL('../../scripts/setup/environment.mjs', import.meta.url).href);

it('finds the programs of the Python environment where each system has them', () => {
  const place = (platform: NodeJS.Platform) => {
    const path = venvProgram('python', platform);
    return [basename(dirname(path)), basename(path)];
  };
  expect(place('linux')).toEqual(['bin', 'python']);
  expect(place('darwin')).toEqual(['bin', 'python']);
  expect(place('win32')).toEqual(['Scripts', 'python.exe']);
});
