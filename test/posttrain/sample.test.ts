import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { worldPrompts } from '../../src/data/world/prompt.js';
import { Policy } from '../../src/posttrain/policy.js';
import { sample } from '../../src/posttrain/sample.js';

it('makes so many clips for each prompt, the same again with the same seed', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'sample-'));
  const policy = new Policy();
  const prompts = worldPrompts(3, 8);
  const made = await sample(policy, prompts, { perPrompt: 4, seed: 2, folder });
  expect(made.map(({ clip }) => clip.prompt)).toEqual(prompts.flatMap(({ text }) => new Array(4).fill(text)));
  for (const { clip, quality } of made) {
    expect(existsSync(clip.path)).toBe(true);
    expect(quality).toBeGreaterThanOrEqual(0);
    expect(quality).toBeLessThanOrEqual(1);
  }
  expect(await sample(policy, prompts, { perPrompt: 4, seed: 2, folder })).toEqual(made);
  await expect(sample(policy, [], { perPrompt: 4, seed: 2, folder })).rejects.toThrow('at least one prompt');
  await expect(sample(policy, prompts, { perPrompt: 0, seed: 2, folder })).rejects.toThrow('received 0');
  policy.dispose();
  rmSync(folder, { recursive: true });
});

it('draws prompts by a seed', () => {
  expect(worldPrompts(5, 1)).toEqual(worldPrompts(5, 1));
  expect(worldPrompts(5, 1)).not.toEqual(worldPrompts(5, 2));
  expect(() => worldPrompts(0, 1)).toThrow(
    'worldPrompts: count must be a whole number from 1 on, received 0',
  );
});
