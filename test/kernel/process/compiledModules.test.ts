import nodeModule from 'node:module';
import { join } from 'node:path';
import { afterEach, expect, it, vi } from 'vitest';
import { keepCompiled } from '../../../kernel/process/compiledModules.js';

const node = nodeModule as { enableCompileCache?: (folder: string) => unknown };
const own = node.enableCompileCache;

afterEach(() => {
  vi.unstubAllEnvs();
  node.enableCompileCache = own;
});

it("keeps what is compiled in the user's own cache", () => {
  vi.stubEnv('XDG_CACHE_HOME', join('/', 'caches'));
  const folders: string[] = [];
  node.enableCompileCache = (folder) => folders.push(folder);
  keepCompiled();
  expect(folders).toEqual([join('/', 'caches', 'solireward', 'modules')]);
});

it('leaves it where Node cannot', () => {
  node.enableCompileCache = undefined;
  expect(keepCompiled).not.toThrow();
});
