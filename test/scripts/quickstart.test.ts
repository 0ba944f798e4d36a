import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const { inWords, partSeconds, secondsOf, work } = await import(
  new URL('../../scripts/quickstart/secondsOf.mjs', import.meta.url).href
);

describe('quickstart', () => {
  it('expects what the measured seconds of a clip and a step come to', () => {
    const measured = { perMade: 0.01, perScored: 0.02, perStep: 0.1 };
    expect(secondsOf(measured, { clips: 7000, steps: 600 })).toEqual({
      data: 70,
      training: 112 + 60,
      evaluation: 21,
    });
    // Of a short training only the clips of its pairs are read.
    expect(secondsOf(measured, { clips: 7000, steps: 10 }).training).toBe(Math.round(320 * 0.02 + 1));
  });

  it('says it in words', () => {
    expect(inWords({ data: 70, training: 172, evaluation: 21 })).toBe(
      'about 4 minutes on this machine (data 70 s, training 172 s, evaluation 21 s)',
    );
    expect(inWords({ data: 10, training: 30 })).toContain('about 40 seconds');
  });

  it('says what the same parts took, by the sections of the notebook', () => {
    const file = new URL('../../notebooks/01-training-run.ipynb', import.meta.url);
    const { cells } = JSON.parse(readFileSync(fileURLToPath(file), 'utf8'));
    const titles: string[] = cells
      .flatMap(({ source }: { source: string[] }) => source.join('').split('\n'))
      .filter((line: string) => line.startsWith('## '));
    const sections = titles.map((title, seconds) => ({ title, seconds }));
    expect(Object.keys(partSeconds(sections))).toEqual(
      Object.keys(secondsOf({ perMade: 1, perScored: 1, perStep: 1 }, work)).map((part) => `${part}Seconds`),
    );
    expect(partSeconds(sections)).toMatchObject({ dataSeconds: 0, trainingSeconds: 4, evaluationSeconds: 5 });
    expect(partSeconds([{ title: 'Another notebook', seconds: 1 }])).toEqual({});
  });

  it("knows the notebook's own numbers", () => {
    const file = new URL('../../notebooks/01-training-run.ipynb', import.meta.url);
    const notebook = readFileSync(fileURLToPath(file), 'utf8');
    for (const [name, value] of Object.entries(work))
      expect(notebook).toContain(`parameter('${name.toUpperCase()}', ${value})`);
  });
});
