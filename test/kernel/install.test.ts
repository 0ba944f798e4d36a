import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { expect, it } from 'vitest';
import { installKernelspec } from '../../kernel/install.js';

it('writes a kernelspec with absolute paths into the prefix', () => {
  const prefix = mkdtempSync(join(tmpdir(), 'solireward-prefix-'));
  try {
    const folder = installKernelspec({ prefix });
    expect(folder).toBe(join(prefix, 'share', 'jupyter', 'kernels', 'solireward'));
    const spec = JSON.parse(readFileSync(join(folder, 'kernel.json'), 'utf8'));
    expect(spec).toMatchObject({
      display_name: 'TypeScript (SoliReward)',
      language: 'typescript',
      interrupt_mode: 'message',
    });
    expect(spec.argv[0]).toBe(process.execPath);
    expect(isAbsolute(spec.argv.at(-2))).toBe(true);
    expect(spec.argv.at(-2)).toMatch(/kernel[\\/]main\.js$/);
    expect(spec.argv.at(-1)).toBe('{connection_file}');
  } finally {
    rmSync(prefix, { recursive: true });
  }
});
