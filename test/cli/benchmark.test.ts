import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { main } from '../../src/cli.js';
import { capturePrinted, complained, printed } from '../support/printed.js';

const sample = (name: string) => join('test', 'benchmark', 'samples', name);
const benchFile = sample('videogen-rewardbench.csv');
let folder: string;
capturePrinted();
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'benchmark-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('solireward benchmark', () => {
  it('prints what people say, and writes the clips to be scored', async () => {
    const items = join(folder, 'items.json');
    expect(
      await main(['benchmark', 'videogen-rewardbench', benchFile, '--videos', 'x', '--items', items]),
    ).toBe(0);
    expect(printed[0]).toContain('VideoGen-RewardBench: 24 clips of 8 prompts');
    const written = JSON.parse(readFileSync(items, 'utf8'));
    expect(written).toHaveLength(24);
    expect(written[0]).toEqual({
      video_path: join('x', 'videos/alpha/alpha_00000.mp4'),
      prompt: 'A red ball rolls down a ramp.',
    });
  });

  it('says how well scores agree, and writes it', async () => {
    const json = join(folder, 'r.json');
    const columns = ['--clip', 'path', '--score', 'reward_VQ,reward_TA'];
    const dimensions = ['--dimension', 'VQ=reward_VQ', '--dimension', 'TA=reward_TA', '--samples', '50'];
    const args = ['--scores', sample('videogen-scores.csv'), ...columns, ...dimensions, '--json', json];
    expect(await main(['benchmark', 'videogen-rewardbench', benchFile, ...args])).toBe(0);
    expect(printed[1]).toContain('without ties');
    const { rows, leftOut } = JSON.parse(readFileSync(json, 'utf8'));
    expect(rows.map((row: { dimension: string }) => row.dimension)).toEqual([
      ...['VQ', 'VQ', 'VQ', 'TA', 'TA', 'TA'],
    ]);
    expect(leftOut).toHaveLength(2);
  });

  /** What is judged where scores are: the sample's own ratings. */
  const scored = [
    ...['videophy', sample('videophy.csv'), '--scores', sample('videophy.csv')],
    ...['--clip', 'video_url', '--score', 'sa'],
  ];

  it.each([
    [['videophy'], 'benchmark takes a name and a file, received 1 arguments'],
    [['vbench', 'x.csv'], "there is no benchmark 'vbench'"],
    [['videophy', 'x.csv', '--json', 'y'], '--json writes what --scores are worth'],
    [[...scored, '--seed', 'x'], "--seed takes a number, received 'x'"],
    [
      [...scored, '--dimension', 'sa', '--dimension', 'pc=sa'],
      '--dimension takes NAME, or NAME=SCORE for each',
    ],
  ])('refuses %j', async (args, message) => {
    expect(await main(['benchmark', ...args])).toBe(2);
    expect(complained[0]).toContain(message);
  });
});
