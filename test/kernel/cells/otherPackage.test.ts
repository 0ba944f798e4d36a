import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { otherPackage } from '../../../kernel/cells/otherPackage.js';
import { packageRoot } from '../../../src/base/packageRoot.js';
import { Client, printed } from '../../support/kernelClient.js';

let folder: string;
beforeAll(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'project-')));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** A project with a package of that name and content. */
function project(name: string, manifest: string): string {
  const own = join(folder, name, 'node_modules', 'solireward');
  mkdirSync(own, { recursive: true });
  writeFileSync(join(own, 'package.json'), manifest);
  return join(folder, name);
}

it('tells nothing of a folder without one, of the same one by a link, and of a damaged one', () => {
  expect(otherPackage(join(folder, 'cell.ts'))).toBeUndefined();
  mkdirSync(join(folder, 'linked', 'node_modules'), { recursive: true });
  symlinkSync(packageRoot, join(folder, 'linked', 'node_modules', 'solireward'));
  expect(otherPackage(join(folder, 'linked', 'cell.ts'))).toBeUndefined();
  expect(otherPackage(join(project('damaged', '{'), 'cell.ts'))).toBeUndefined();
});

it('is told once, and the cells go on with the package of the kernel', async () => {
  const place = project('other', '{ "name": "solireward", "version": "9.8.7", "main": "index.js" }');
  const client = await Client.start(place);
  try {
    const first = await client.execute(
      "import { mean } from 'solireward/analysis'; console.log(mean([1, 3]))",
    );
    expect(printed(first)).toBe('2\n');
    const told = printed(first, 'stderr');
    expect(told).toContain(`the project has 9.8.7 in ${join(place, 'node_modules', 'solireward')}`);
    expect(told).toContain('npx solireward kernel install');
    const second = await client.execute(
      "import { median } from 'solireward/analysis'; console.log(median([1, 3]))",
    );
    expect([printed(second), printed(second, 'stderr')]).toEqual(['2\n', '']);
  } finally {
    await client.stop();
  }
});
