import { homedir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { cacheFolder } from '../../src/base/cacheFolder.js';

it('is where the system keeps such things', () => {
  expect(cacheFolder('clips', { XDG_CACHE_HOME: join('/', 'caches') })).toBe(
    join('/', 'caches', 'solireward', 'clips'),
  );
  // An empty variable is as good as none (XDG Base Directory Specification).
  for (const env of [{}, { XDG_CACHE_HOME: '' }])
    expect(cacheFolder('xla', env)).toBe(join(homedir(), '.cache', 'solireward', 'xla'));
});
