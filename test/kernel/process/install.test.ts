import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { expect, it } from 'vitest';
import { installKernelspec, installLabextension } from '../../../kernel/process/install.js';

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
      metadata: { debugger: true },
    });
    expect(spec.argv[0]).toBe(process.execPath);
    expect(isAbsolute(spec.argv.at(-2))).toBe(true);
    expect(spec.argv.at(-2)).toMatch(/kernel[\\/]process[\\/]main\.js$/);
    expect(spec.argv.at(-1)).toBe('{connection_file}');
  } finally {
    rmSync(prefix, { recursive: true });
  }
});

it('installs the extension that JupyterLab finds, over an older one', () => {
  const prefix = mkdtempSync(join(tmpdir(), 'solireward-prefix-'));
  try {
    const folder = installLabextension({ prefix });
    expect(folder).toBe(join(prefix, 'share', 'jupyter', 'labextensions', 'solireward'));
    writeFileSync(join(folder, 'static', 'of-an-older-version.js'), '');
    installLabextension({ prefix });
    expect(existsSync(join(folder, 'static', 'of-an-older-version.js'))).toBe(false);

    const { name, version, jupyterlab } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    expect(name).toBe('solireward');
    expect(version).toMatch(/^\d+\.\d+\.\d+/);
    expect(readFileSync(join(folder, jupyterlab._build.load), 'utf8')).toContain('_JUPYTERLAB');
    for (const file of ['style.css', 'plotly.min.js'])
      expect(existsSync(join(folder, 'static', file))).toBe(true);
    expect(existsSync(join(folder, 'install.json'))).toBe(true);
  } finally {
    rmSync(prefix, { recursive: true });
  }
});
