import { type ColumnTable, from } from 'arquero';
import { describe, expect, it, vi } from 'vitest';
import { splitByPrompt } from '../../../src/data/votes/split.js';

/** Labels of four clips a prompt, in two dimensions. */
function labelsOf(prompts: number): ColumnTable {
  return from(
    Array.from({ length: prompts * 8 }, (_, i) => ({
      clip: `c${i % (prompts * 4)}`,
      dimension: i < prompts * 4 ? 'physics' : 'alignment',
      pass: i % 3 === 0,
      promptId: `p${i % prompts}`,
    })),
  );
}

const promptsOf = (labels?: ColumnTable) => new Set(labels?.array('promptId') as string[]);

describe('splitByPrompt', () => {
  const labels = labelsOf(20);

  it('puts every row in one part and no prompt in two', () => {
    const { train, validation, test } = splitByPrompt(labels, { test: 0.2, validation: 0.1, seed: 1 });
    expect([train, validation, test].map((part) => promptsOf(part).size)).toEqual([14, 2, 4]);
    expect(new Set([train, validation, test].flatMap((part) => [...promptsOf(part)])).size).toBe(20);
    expect([train, validation, test].map((part) => part?.numRows())).toEqual([112, 16, 32]);
    expect(train.columnNames()).toEqual(labels.columnNames());
  });

  it('has no validation unless asked', () => {
    expect(splitByPrompt(labels, { test: 0.2, seed: 1 })).not.toHaveProperty('validation');
  });

  it('depends on the seed and not on the order of rows', () => {
    const split = (table: ColumnTable, seed: number) =>
      promptsOf(splitByPrompt(table, { test: 0.3, seed }).test);
    expect(split(labels.orderby('clip'), 1)).toEqual(split(labels, 1));
    expect(split(labels, 2)).not.toEqual(split(labels, 1));
  });

  it('splits prompts that are numbers', () => {
    const numbered = from(Array.from({ length: 10 }, (_, i) => ({ clip: `c${i}`, promptId: i })));
    expect(splitByPrompt(numbered, { test: 0.3, seed: 1 }).train.numRows()).toBe(7);
  });

  it('refuses labels without prompts', () => {
    expect(() => splitByPrompt(from([{ clip: 'a' }]), { test: 0.2, seed: 1 })).toThrow(
      'splitByPrompt: the table has no column "promptId"',
    );
    const gap = from([
      { clip: 'a', promptId: 'p' },
      { clip: 'b', promptId: null },
    ]);
    expect(() => splitByPrompt(gap, { test: 0.2, seed: 1 })).toThrow('row 2, column "promptId"');
    expect(() => splitByPrompt(labels.slice(0, 0), { test: 0.2, seed: 1 })).toThrow('has no rows');
  });

  it('refuses too few prompts for the shares', () => {
    expect(() => splitByPrompt(labelsOf(1), { test: 0.5, seed: 1 })).toThrow(
      'no prompt is left for train: there is 1 prompt',
    );
    expect(() => splitByPrompt(labelsOf(3), { test: 0.1, seed: 1 })).toThrow('no prompt is left for test');
    expect(() => splitByPrompt(labelsOf(3), { test: 0.4, validation: 0.1, seed: 1 })).toThrow(
      'no prompt is left for validation',
    );
  });

  it('refuses shares that are none', () => {
    for (const test of [0, 1, -0.1, Number.NaN]) {
      expect(() => splitByPrompt(labels, { test, seed: 1 })).toThrow(/test must be a share between 0 and 1/);
    }
    expect(() => splitByPrompt(labels, { test: 0.2, validation: 0, seed: 1 })).toThrow(
      /validation must be a share/,
    );
    expect(() => splitByPrompt(labels, { test: 0.5, validation: 0.5, seed: 1 })).toThrow(
      /nothing to train on/,
    );
  });
});

describe('what two parts share', () => {
  const split = (more: (i: number) => object) => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
    try {
      const rows = Array.from({ length: 40 }, (_, i) => ({
        clip: `c${i}`,
        dimension: 'd',
        pass: true,
        confidence: 1,
        promptId: `p${i}`,
        ...more(i),
      }));
      splitByPrompt(from(rows), { test: 0.25, seed: 1 });
      return warn.mock.calls.map(([message]) => String(message));
    } finally {
      warn.mockRestore();
    }
  };

  it('is named: one file under several prompts, one text under several ids', () => {
    expect(split((i) => ({ path: `v${i}.mp4`, prompt: `ball ${i}` }))).toEqual([]);
    expect(split(() => ({ path: 'one.mp4' }))).toEqual([
      expect.stringMatching(
        /10 clips the file is in another part too: clip "c\d+": "one.mp4" is in train and test/,
      ),
    ]);
    expect(split((i) => ({ prompt: i % 2 ? 'A ball falls' : 'a ball falls ' }))).toEqual([
      expect.stringContaining('the text of the prompt is in another part too'),
    ]);
  });
});
