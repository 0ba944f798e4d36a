import { beforeAll, describe, expect, it } from 'vitest';
import { hasDecoder } from '../src/data/video/decoder.js';
import { ffmpegPaths } from '../src/data/video/tools.js';
import { doctor, type Finding, isHealthy } from '../src/doctor.js';
import { allEngines } from './support/engines.js';

describe('doctor', () => {
  let findings: Finding[];
  beforeAll(async () => {
    findings = await doctor();
  });
  const find = (name: string) => findings.find((finding) => finding.name === name);

  it('finds the Node that runs it', () => {
    expect(find('Node')).toEqual({ name: 'Node', ok: true, required: true, detail: process.versions.node });
  });

  it('checks every engine that works, with its speed and errors', async () => {
    for (const engine of await allEngines()) {
      const finding = find(`engine ${engine}`);
      expect(finding?.ok).toBe(true);
      expect(finding?.detail).toMatch(/; [\d.]+ GFLOP\/s; errors: product \de-\d+, gradient \de-\d+$/);
    }
  });

  it('reports why an engine does not work', () => {
    for (const { ok, detail } of findings) if (!ok) expect(detail).not.toBe('');
  });

  it('finds an ffmpeg, and says its version, licence and place, and how to get a newer one', () => {
    const { version, source, ffmpeg: path } = ffmpegPaths();
    const { ok, detail } = find('ffmpeg') as Finding;
    expect(ok).toBe(true);
    for (const text of [version, 'libavcodec', 'GPL', path]) expect(detail).toContain(text);
    expect(detail.includes('pip install imageio-ffmpeg')).toBe(source !== 'pip');
  });

  it('says what decodes clips', () => {
    const { ok, required, detail } = find('decoder') as Finding;
    expect([ok, required]).toEqual([hasDecoder(), false]);
    expect(detail).toMatch(
      ok ? /FFmpeg \S+, libavcodec \d+, GPL-3.0-or-later, of @seydx\/node-av-/ : /npm install/,
    );
  });

  it('looks at GPU, Jupyter and kernelspec, which are not required', () => {
    for (const name of ['GPU', 'Jupyter', 'kernelspec']) expect(find(name)?.required).toBe(false);
  });
});

describe('isHealthy', () => {
  const finding = { name: '', ok: false, required: false, detail: '' };
  it('asks for what is required only', () => {
    expect(isHealthy([finding])).toBe(true);
    expect(isHealthy([{ ...finding, required: true }])).toBe(false);
    expect(isHealthy([{ ...finding, required: true, ok: true }])).toBe(true);
  });
});
