import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { main } from '../src/cli.js';
import { videoLimits } from '../src/data/video/videoLimits.js';
import type { Finding } from '../src/doctor.js';
import { capturePrinted, complained, printed } from './support/printed.js';

const binding = vi.hoisted(() => ({ isThere: true }));
vi.mock('../src/engine/build/bindingPackage.js', async (original) => ({
  ...(await original<object>()),
  hasBinding: () => binding.isThere,
}));

capturePrinted();

describe('solireward', () => {
  it('explains itself', async () => {
    expect(await main(['--help'])).toBe(0);
    expect(printed.join('\n')).toMatch(
      /solireward doctor.*\n.*solireward engine build(.*\n)+.*solireward kernel install/,
    );
  });

  it('explains a command of its own, after its error too', async () => {
    expect(await main(['analyze', '--help'])).toBe(0);
    expect(await main(['analyze'])).toBe(2);
    await main(['analyse']);
    expect(complained.slice(2)).toEqual([
      "solireward: unknown command 'analyse'",
      expect.stringMatching(/^usage: solireward COMMAND, one of init, .*, analyze, .*\n.*--help one$/),
    ]);
    for (const usage of [printed[0], complained[1]])
      expect(usage).toMatch(/^usage:\n {2}solireward analyze SCORES (?!.*solireward doctor)/s);
  });

  it.each([
    [[], 'no command was given'],
    [['dcotor'], "unknown command 'dcotor'"],
    [['kernel'], "unknown command 'kernel'"],
    [['engine'], "unknown command 'engine'"],
    [['engine', 'bulid'], "unknown command 'engine bulid'"],
    [['engine', 'build', '--python'], "Option '--python <value>' argument missing"],
    [['toString'], "unknown command 'toString'"],
    [['doctor', 'who'], "doctor takes no argument 'who'"],
    [['score', '--model', 'm', '--input', 'i'], 'score needs --model, --input and --output'],
    [
      ['score', '--model', 'm', '--input', 'i', '--output', 'o', '--limit', 'size=3'],
      '--limit takes NAME=NUMBER with one of pixels, frames, seconds, bytes, memory, idleSeconds, workSeconds, received',
    ],
    [['score', 'all'], "score takes no argument 'all'"],
    [['doctor', '--jsno'], "Unknown option '--jsno'"],
  ])('refuses %j and says what it knows', async (args, reason) => {
    expect(await main(args)).toBe(2);
    expect(complained[0]).toContain(`solireward: ${reason}`);
    expect(complained[1]).toContain('usage:');
  });

  it('score raises the limits of clips that it is told to', async () => {
    const before = { ...videoLimits };
    try {
      const files = ['--model', 'nowhere', '--input', 'nothing', '--output', 'none', '--engine', 'cpu'];
      expect(await main(['score', ...files, '--limit', 'seconds=20000', '--limit', 'pixels=1e9'])).toBe(1);
      expect(videoLimits).toEqual({ ...before, seconds: 20000, pixels: 1e9 });
    } finally {
      Object.assign(videoLimits, before);
    }
  });

  it('installs the kernel where it is told to', async () => {
    const prefix = mkdtempSync(join(tmpdir(), 'prefix-'));
    try {
      expect(await main(['kernel', 'install', '--prefix', prefix])).toBe(0);
      const folder = join(prefix, 'share', 'jupyter', 'kernels', 'solireward');
      const extension = join(prefix, 'share', 'jupyter', 'labextensions', 'solireward');
      expect(printed).toEqual([`installed ${folder}`, `installed ${extension}`]);
      // npm does not say that it has left the native engine out.
      binding.isThere = false;
      expect(await main(['kernel', 'install', '--prefix', prefix])).toBe(0);
      expect(printed.at(-1)).toMatch(/^Without a GPU .* WebAssembly, .*: npx solireward engine build$/);
      const spec = JSON.parse(readFileSync(join(folder, 'kernel.json'), 'utf8'));
      expect(spec.display_name).toBe('TypeScript (SoliReward)');
    } finally {
      rmSync(prefix, { recursive: true });
    }
  });

  it('says that it cannot install the kernel, and why', async () => {
    expect(await main(['kernel', 'install', '--prefix', '/dev/null'])).toBe(1);
    expect(complained).toEqual([expect.stringContaining('/dev/null/share/jupyter')]);
  });

  it('reports why the engine cannot be built, and what to do', async () => {
    expect(await main(['engine', 'build', '--python', '/no/python'])).toBe(1);
    expect(complained).toEqual([
      expect.stringMatching(/^solireward: \/no\/python: .*ENOENT/),
      expect.stringMatching(/^What to do: \/no\/python -m pip install --no-deps -r .*requirements-.*\.txt$/),
    ]);
  });

  it('prints the findings of the doctor as a table and as JSON', async () => {
    const code = await main(['doctor', '--json']);
    const findings: Finding[] = JSON.parse(printed.join('\n'));
    expect(code).toBe(findings.every(({ ok, required }) => ok || !required) ? 0 : 1);
    printed.length = 0;
    expect(await main(['doctor'])).toBe(code);
    expect(printed).toHaveLength(findings.length);
    expect(printed[0]).toBe(`ok      Node           ${process.versions.node}`);
  });
});
