import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { Resvg } from '@resvg/resvg-js';
import { expect, it } from 'vitest';
import { installKernelspec, installLabextension } from '../../../kernel/process/install.js';

/** The pixels of a square PNG file, RGBA: an SVG that shows just it is drawn. */
function pixelsOf(file: string, side: number): Buffer {
  const data = `data:image/png;base64,${readFileSync(file).toString('base64')}`;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${side}" height="${side}"><image width="${side}" height="${side}" href="${data}"/></svg>`;
  return new Resvg(svg).render().pixels;
}

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
    // The pictures are drawings of the one SVG.
    const svg = readFileSync(join(folder, 'logo-svg.svg'), 'utf8');
    for (const value of [32, 64]) {
      const drawn = new Resvg(svg, { fitTo: { mode: 'width', value } }).render().pixels;
      expect(pixelsOf(join(folder, `logo-${value}x${value}.png`), value).equals(drawn)).toBe(true);
    }
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
