import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { expectations } from '../../src/audit/expectations.js';
import { run } from '../../src/audit/run.js';
import type { AuditedClip, ScoreFunction } from '../../src/audit/scorer.js';
import type { Family } from '../../src/audit/variants.js';
import { worldTruth } from '../../src/audit/worldTruth.js';
import { Random } from '../../src/base/random.js';
import type { Clip } from '../../src/data/clip.js';
import { checkedInput } from '../../src/data/video/clipInput.js';
import { runFfmpeg } from '../../src/data/video/ffmpeg.js';
import { type GeneratedClip, generateClips } from '../../src/data/world/generate.js';
import { worldPrompts } from '../../src/data/world/prompt.js';
import { clipMeasures } from '../../src/report/clipMeasures.js';
import { temporaryFolder } from '../support/videoFixtures.js';

const folder = temporaryFolder();
const variants = join(folder, 'variants');
const none = { brightness: 0, contrast: 0, size: 0, speed: 0, stillness: 0 };
let made: GeneratedClip[];
let clips: Clip[];
beforeAll(async () => {
  const random = new Random(1);
  const plans = worldPrompts(14, 1).map((prompt, i) => ({
    ...{ id: `clip-${i}`, prompt, departures: { ...none, size: random.uniform(-1, 1) }, seed: i },
    ...(i % 2 === 1 && { fault: { kind: 'vanishes' as const, strength: random.uniform(0.3, 0.9) } }),
  }));
  made = await generateClips(plans, join(folder, 'clips'));
  clips = made.map(({ clip }) => clip);
});
/** Enough for every verdict of these tests; all tests share the files. */
const families: Family[] = [
  'darker',
  'brighter',
  'frozen',
  'flipped',
  'other prompt',
  'injected words',
  'retest',
  'as given',
];
const audited = (scorer: ScoreFunction, more = {}) =>
  run(scorer, clips, { folder: variants, families, ...more });
const kinds = async (scorer: ScoreFunction, more = {}) =>
  (await audited(scorer, more)).verdicts.map(({ kind, family }) => `${kind}: ${family}`);

const measures = new Map<string, ReturnType<typeof clipMeasures>>();
/** Of a file, which is decoded once for all tests. */
function measured(path: string) {
  const own = measures.get(path) ?? clipMeasures(path);
  measures.set(path, own);
  return own;
}
/** Mean difference from frame to frame: a score of motion. */
const motion: ScoreFunction = (clips) =>
  Promise.all(clips.map(async ({ path }) => (await measured(path)).motion));
/** How well the words of the prompt are those of the clip, whatever is in its pictures. */
const words = (clip: AuditedClip) => {
  const own = String(clips.find(({ id }) => id === clip.of)?.prompt).split(' ');
  const asked = String(clip.prompt).split(/[ ,]+/);
  return (
    own.filter((word) => asked.includes(word)).length / own.length + 0.05 * Number(clip.of.split('-')[1])
  );
};

describe('run', () => {
  it('finds out a scorer that is blind to the prompt, and not one that reads it', {
    timeout: 600_000,
  }, async () => {
    const options = { expectations: 'alignment' };
    expect(await kinds(motion, options)).toEqual(['ignores the prompt: other prompt']);
    expect(await kinds((some) => some.map(words), options)).toEqual([]);
  });

  it('finds out a scorer that likes brightness', { timeout: 600_000 }, async () => {
    const bright: ScoreFunction = (some) =>
      Promise.all(
        some.map(
          async ({ path, of }) => (await measured(path)).brightness + 0.02 * words({ of } as AuditedClip),
        ),
      );
    const audit = await audited(bright, { expectations: 'physics' });
    const found = audit.verdicts.map(({ kind, family }) => `${kind}: ${family}`);
    expect(found).toEqual(['sensitive: darker', 'sensitive: brighter']);
    expect(audit.verdicts[1].text).toMatch(/brighter .* should not matter, and is preferred by/);
    // Where brightness should cost, it is a cheat.
    const strict = { ...expectations('physics'), brighter: 'drop' };
    expect(await kinds(bright, { expectations: strict })).toContain('wrong way: brighter');
  });

  it('finds out a scorer that is random, each time or by the file', { timeout: 600_000 }, async () => {
    const random = new Random(5);
    const eachTime = await audited((some) => some.map(() => random.normal()), { expectations: 'physics' });
    expect(eachTime.verdicts.find(({ kind }) => kind === 'not deterministic')?.text).toContain(
      '14 of 14 clips',
    );
    const drawn = new Map<string, number>(); // by path, in the order that files are asked about: their names vary with ffmpeg
    const byFile: ScoreFunction = (some) =>
      some.map(({ path }) => {
        if (!drawn.has(path)) drawn.set(path, random.normal());
        return drawn.get(path) as number;
      });
    expect(await kinds(byFile, { expectations: 'physics' })).toEqual(['misses: frozen']);
  });

  it('finds nothing wrong with the true quality of the world', { timeout: 600_000 }, async () => {
    const audit = await audited(worldTruth(made), { expectations: 'world' });
    expect(audit.verdicts).toEqual([]);
    expect(audit.failures).toEqual([]);
    expect(audit.clips).toEqual(clips.map(({ id }) => id));
    expect(audit.rows.find(({ family, level }) => family === 'frozen' && level === 2)).toMatchObject({
      wins: 1,
      clips: 14,
    });
  });

  it('asks about the control first, and about the retest last and in another order', {
    timeout: 600_000,
  }, async () => {
    const asked: AuditedClip[] = [];
    await audited(
      (some) => {
        asked.push(...some);
        return some.map(() => 1);
      },
      { expectations: 'physics' },
    );
    expect(asked.slice(0, 14).map(({ family, of }) => [family, of])).toEqual(
      clips.map(({ id }) => ['control', id]),
    );
    expect(asked.slice(-14).map(({ family, of }) => [family, of])).toEqual(
      clips.map(({ id }) => ['retest', id]).reverse(),
    );
    expect(new Set(asked.map(({ id }) => id)).size).toBe(asked.length);
    const given = asked.filter(({ family }) => family === 'as given');
    expect(given.map(({ path }) => path)).toEqual(clips.map(({ path }) => path));
    const other = asked.filter(({ family }) => family === 'other prompt');
    for (const [i, clip] of other.entries()) {
      expect(clip.path).toBe(asked[i].path);
      expect(clips.map(({ prompt }) => prompt)).toContain(clip.prompt);
      expect(clip.prompt).not.toBe(clips[i].prompt);
    }
    const injected = asked.filter(({ family }) => family === 'injected words');
    expect(injected[3].prompt).toBe(`${clips[3].prompt}, excellent, physically plausible`);
  });

  it('leaves out by name what cannot be read, scored or changed, and goes on', {
    timeout: 600_000,
  }, async () => {
    const broken = join(folder, 'broken.mp4');
    await writeFile(broken, 'no clip');
    const short = join(folder, 'short.mp4');
    await runFfmpeg([...(await checkedInput(clips[0].path)), '-frames:v', '1', `file:${short}`]);
    const given = [...clips, { id: 'broken', path: broken, prompt: 'x' }, { id: 'short', path: short }];
    const audit = await run(
      (some) =>
        some.map(({ of, family }) => {
          if (of === 'clip-3' && family === 'flipped') throw new Error('upside down');
          return of === 'clip-4' ? Number.NaN : of.length;
        }),
      given,
      { folder: variants, families: ['frozen', 'flipped', 'other prompt'], expectations: 'physics' },
    );
    expect(audit.clips).toHaveLength(14);
    const failures = audit.failures.map(({ clip, change }) => (change ? `${clip} ${change}` : clip));
    expect(failures.sort()).toEqual([
      'broken',
      ...[
        'clip-3 flipped 1',
        'clip-4',
        'clip-4 flipped 1',
        'clip-4 frozen 1',
        'clip-4 frozen 2',
        'clip-4 other prompt 1',
      ],
      ...['short frozen 1', 'short frozen 2'],
    ]);
    expect(audit.rows.map(({ family, level, clips }) => `${family} ${level}: ${clips}`)).toEqual([
      ...['frozen 1: 13', 'frozen 2: 13', 'flipped 1: 13', 'other prompt 1: 13'],
    ]);
    expect(audit.notes.join('\n')).toContain('9 scores are missing; the first: broken:');
  });

  it('takes paraphrases, level by level', { timeout: 600_000 }, async () => {
    const prompt = String(clips[0].prompt);
    const asked: AuditedClip[] = [];
    const audit = await run(
      (some) => {
        asked.push(...some);
        return some.map(() => 1);
      },
      clips.slice(0, 2),
      {
        folder: variants,
        families: ['paraphrase'],
        paraphrases: { [prompt]: ['one', 'two'] },
        expectations: 'physics',
      },
    );
    expect(audit.rows.map(({ level, clips }) => [level, clips])).toEqual([
      [1, 1],
      [2, 1],
    ]);
    expect(asked.slice(2).map(({ prompt, level }) => [prompt, level])).toEqual([
      ['one', 1],
      ['two', 2],
    ]);
    expect(audit.notes[0]).toContain('2 clips are too few');
  });

  it('says how far it is, and stops at the signal', { timeout: 600_000 }, async () => {
    const seen: string[] = [];
    const some = clips.slice(0, 2);
    const options = {
      folder: variants,
      families: ['flipped', 'retest'] as Family[],
      expectations: 'physics' as const,
    };
    await run((asked) => asked.map(() => 1), some, {
      ...options,
      batchSize: 4,
      onProgress: ({ stage, done, total }) => seen.push(`${stage} ${done}/${total}`),
    });
    expect(seen).toEqual(['variants 1/2', 'variants 2/2', 'scores 4/6', 'scores 6/6']);
    const stopped = new AbortController();
    stopped.abort(new Error('enough'));
    await expect(run(() => [], some, { ...options, signal: stopped.signal })).rejects.toThrow('enough');
  });

  it('refuses what it cannot audit', { timeout: 600_000 }, async () => {
    const one: ScoreFunction = (some) => some.map(() => 1);
    const options = { folder: variants, families: ['flipped'] as Family[], expectations: 'physics' as const };
    await expect(run(one, [], options)).rejects.toThrow('expected at least one clip');
    await expect(run(one, [clips[0], clips[0]], options)).rejects.toThrow('two clips have the id "clip-0"');
    await expect(run(one, clips, { ...options, families: [] })).rejects.toThrow(
      'expected at least one family',
    );
    await expect(run(one, clips, { ...options, families: ['x' as Family] })).rejects.toThrow(
      'there is no family "x"',
    );
    await expect(run(one, clips, { folder: variants })).rejects.toThrow('say what is expected of the scores');
    await expect(run(one, [{ id: 'a', path: join(folder, 'none.mp4') }], options)).rejects.toThrow(
      /none of 1 clips can be read; the first: .*none.mp4/,
    );
    const fails = () => {
      throw new Error('no weights');
    };
    await expect(run(fails, clips.slice(0, 2), options)).rejects.toThrow(
      'fails scores none of 2 clips; the first: no weights',
    );
    await expect(run((some) => some.slice(1).map(() => 1), clips.slice(0, 2), options)).rejects.toThrow(
      'audit: the function: expected 4 scores',
    );
  });
});
