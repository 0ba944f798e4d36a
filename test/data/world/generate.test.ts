import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodeFrames } from '../../../src/data/video/decodeFrames.js';
import type { Departures } from '../../../src/data/world/departures.js';
import { faultKinds } from '../../../src/data/world/faults.js';
import { type ClipPlan, generateClips } from '../../../src/data/world/generate.js';
import { worldPrompts } from '../../../src/data/world/prompt.js';

const none: Departures = { brightness: 0, contrast: 0, size: 0, speed: 0, stillness: 0 };
const prompts = worldPrompts(40, 3);
const plan = (id: string, more: Partial<ClipPlan> = {}): ClipPlan => ({
  id,
  prompt: prompts[0],
  departures: none,
  seed: 5,
  ...more,
});

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'generate-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** Decoded frames of one planned clip. */
async function framesOf(id: string, departures: Partial<Departures>) {
  const [{ clip }] = await generateClips([plan(id, { departures: { ...none, ...departures } })], folder);
  return (await decodeFrames(clip.path, 16)).frames;
}
const difference = (a: Uint8Array, b: Uint8Array) =>
  a.reduce((sum, value, i) => sum + Math.abs(value - b[i]), 0) / a.length;
const meanOf = (pixels: Uint8Array) => pixels.reduce((sum, value) => sum + value, 0) / pixels.length;

describe('generateClips', () => {
  it('gives the truth about each clip: fault, strength, quality', async () => {
    const departures = { ...none, speed: 0.5, size: 0.4 };
    const made = await generateClips(
      prompts.map((prompt, i) =>
        plan(`truth-${i}`, {
          prompt,
          departures,
          ...(i > 0 && { fault: { kind: 'jumps', strength: 0.6 } }),
        }),
      ),
      folder,
    );
    const left = 0.75 * (1 - 0.5 * 0.16);
    expect(made[0]).toMatchObject({
      fault: '',
      strength: 0,
      clip: { id: 'truth-0', prompt: prompts[0].text },
    });
    expect(made[0].quality).toBeCloseTo(left, 12);
    expect(made[1].left).toBeCloseTo(left, 12);
    expect(made[1].quality).toBeCloseTo(0.4 * left, 12);
    const jumps = made.filter(({ fault }) => fault === 'jumps').length;
    expect(jumps).toBeGreaterThan(30);
    for (const { fault } of made.slice(1)) expect(faultKinds.physics).toContain(fault);
  });

  it('stands still, or is brighter, where it departs so', async () => {
    const [plain, still, bright] = [
      await framesOf('plain', {}),
      await framesOf('still', { stillness: 1 }),
      await framesOf('bright', { brightness: 1 }),
    ];
    expect(difference(plain[0], plain[15])).toBeGreaterThan(2);
    expect(difference(still[0], still[15])).toBeLessThan(0.5);
    expect(difference(plain[0], still[0])).toBeLessThan(0.5);
    expect(meanOf(bright[0])).toBeGreaterThan(meanOf(plain[0]) + 15);
  });

  it('refuses what is out of range, and writes nothing', async () => {
    const bad = { kind: 'jumps', strength: 0 } as const;
    await expect(generateClips([plan('a'), plan('b', { fault: bad })], join(folder, 'x'))).rejects.toThrow(
      'generateClips: "b": expected a strength above 0 and up to 1, received 0',
    );
    const departures = { ...none, size: Number.NaN };
    await expect(generateClips([plan('c', { departures })], folder)).rejects.toThrow(
      'expected size within -1 and 1, received NaN',
    );
  });
});
