import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

const { run, step, StepError, stepSeconds } = await import(
  new URL('../../scripts/setup/step.mjs', import.meta.url).href
);

let lines: string[];
beforeEach(() => {
  lines = [];
  const keep = (line: unknown) => void lines.push(String(line));
  vi.spyOn(console, 'log').mockImplementation(keep);
  vi.spyOn(console, 'error').mockImplementation(keep);
});
afterEach(() => {
  vi.restoreAllMocks();
});

describe('step', () => {
  it('says what it does, what came of it, and how long it took', async () => {
    expect(await step('a step', async () => 'a note')).toBe(true);
    expect(lines[0]).toBe('[set-up] a step ...');
    expect(lines[1]).toMatch(/^\[set-up\] a step: a note \(\d+\.\d s\)$/);
    expect(stepSeconds['a step']).toBeGreaterThanOrEqual(0);
  });

  it('says what failed, why, and what to type, and goes on if it can', async () => {
    const fail = async () => {
      throw new StepError('the reason', 'type this');
    };
    expect(await step('an extra', fail, { needed: false })).toBe(false);
    expect(lines[1]).toBe('[set-up] an extra: FAILED. the reason\n         What to do: type this');
  });

  it('ends the process where the rest needs the step', async () => {
    const exit = vi.spyOn(process, 'exit').mockImplementation(() => undefined as never);
    await step('the base', () => Promise.reject(new Error('broken')));
    expect(exit).toHaveBeenCalledWith(1);
  });
});

describe('run', () => {
  it('returns what a program printed', async () => {
    expect(await run(process.execPath, ['-p', '6 * 7'])).toBe('42\n');
  });

  it('fails with the beginning and the end of a long output, and the remedy', async () => {
    const script = 'for (let i = 0; i < 100; i++) console.log("line " + i + "."); process.exit(3)';
    const error = await run(process.execPath, ['-e', script], { remedy: 'do so' }).catch((e: Error) => e);
    expect(error).toBeInstanceOf(StepError);
    expect(error.message).toMatch(
      /ended with 3:\nline 0\.\n(.+\n)*line 14\.\n\.\.\.\nline 85\.\n(.+\n)*line 99\.$/,
    );
    expect(error.remedy).toBe('do so');
  });

  it('fails where the program is missing', async () => {
    await expect(run('no-such-program', [])).rejects.toThrow(/no-such-program.*ENOENT/);
  });
});
