import { spawn } from 'node:child_process';
import { readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { thisProcess } from '../../src/base/owner.js';
import { file } from '../../src/score/file.js';
import { lookAtShard, type Manifest } from '../../src/score/manifest.js';
import { readPlan } from '../../src/score/plan.js';
import { scoreShard } from '../../src/score/shard.js';
import { numbered, numbering, ShardRun } from '../support/shardRun.js';

const items = [...numbered(7), { video_path: 'bad.mp4' }, 'no item', { video_path: 'worse.mp4' }];
let run: ShardRun;
beforeEach(async () => {
  run = await ShardRun.of(items, 3);
});
afterEach(() => run.remove());

const names = () => readdir(join(run.run, 'shards'));
const manifestOf = async (shard: number): Promise<Manifest> =>
  JSON.parse(await readFile(run.file(shard, 'json'), 'utf8'));

describe('a shard', () => {
  it('has the lines that one machine makes of its items, and a manifest that says all of them', async () => {
    const whole = join(run.folder, 'whole.jsonl');
    await file(numbering, { input: run.input, output: whole, batchSize: 2 });
    await run.scoreAll();
    const manifests = await Promise.all([0, 1, 2].map(manifestOf));
    const texts = await Promise.all(
      manifests.map(({ output }) => readFile(join(run.run, 'shards', output.file), 'utf8')),
    );
    expect(texts.join('')).toBe(await readFile(whole, 'utf8'));
    expect(manifests.map(({ first, items, made, failed }) => [first, items, made, failed])).toEqual([
      [0, 3, 3, 0],
      [3, 3, 3, 0],
      [6, 4, 1, 3],
    ]);
    expect(manifests[2].failures).toEqual([
      { reason: 'probe: cannot read CLIP: no number', items: 2, first: 7 },
      { reason: 'expected an object, received "no item"', items: 1, first: 8 },
    ]);
    expect(manifests[0]).toMatchObject({
      shards: 3,
      engine: 'cpu',
      host: hostname(),
      model: run.plan.model.sha256,
      input: run.plan.sha256[0],
      madeBy: { prompts: run.plan.prompts, precision: 'float32' },
    });
    // Nothing else is left: no draft, no claim.
    expect((await names()).sort()).toEqual(
      manifests.flatMap(({ output, shard }) => [output.file, `00000${shard}.json`]).sort(),
    );
  });

  it('is done once: a second worker does not even load the model', async () => {
    const { isNew, manifest } = await run.score(1);
    expect(isNew).toBe(true);
    const load = () => Promise.reject(new Error('not needed'));
    expect(await run.score(1, { load })).toEqual({ manifest, isNew: false });
  });

  it('is done by one of several workers, and the others wait for it', async () => {
    let loads = 0;
    const waited: number[] = [];
    const all = await Promise.all(
      [1, 2, 3].map(() =>
        run.score(0, {
          async load() {
            loads++;
            return { model: numbering, engine: 'cpu' };
          },
          onWait: ({ pid }) => waited.push(pid),
        }),
      ),
    );
    expect(loads).toBe(1);
    expect(waited).toEqual([process.pid, process.pid]);
    expect(all.filter(({ isNew }) => isNew)).toHaveLength(1);
    expect(new Set(all.map(({ manifest }) => manifest.output.sha256)).size).toBe(1);
  });

  it('may be worked on by two at once: one manifest counts, and its output is there', async () => {
    // A claim that is taken away does not stop who had it.
    const slow = {
      ...numbering,
      async rewards(inputs: readonly { value: number }[]) {
        await rm(run.file(0, 'claim'), { force: true });
        await new Promise((resolve) => setTimeout(resolve, 50));
        return inputs.map(({ value }) => value + Math.random());
      },
    } as unknown as typeof numbering;
    const both = [];
    for (let i = 0; i < 2; i++) {
      both.push(run.score(0, { load: async () => ({ model: slow, engine: 'cpu' }) }));
      await new Promise((resolve) => setTimeout(resolve, 30));
    }
    const [first, second] = await Promise.all(both);
    expect([first.isNew, second.isNew]).toContain(true);
    expect(first.manifest).toEqual(second.manifest);
    const found = await lookAtShard(run.run, await readPlan(run.run), 0);
    expect(found).toEqual({ manifest: first.manifest });
    expect((await names()).filter((name) => name.endsWith('.jsonl'))).toEqual([first.manifest.output.file]);
  });

  it('is taken over from a worker of this host that was killed', async () => {
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
    const dead = { ...thisProcess(), pid: child.pid, start: '', token: 'a' };
    child.kill('SIGKILL');
    await new Promise((resolve) => child.on('exit', resolve));
    await writeFile(run.file(0, 'claim'), JSON.stringify(dead));
    expect((await run.score(0)).isNew).toBe(true);
    expect(await names()).not.toContain('000000.claim');
  });

  it('is taken over from another host that gives no sign of life', async () => {
    const claim = run.file(0, 'claim');
    await writeFile(claim, JSON.stringify({ ...thisProcess(), host: 'elsewhere', token: 'a' }));
    const long = new Date(Date.now() - 400_000);
    await utimes(claim, long, long);
    expect((await run.score(0)).isNew).toBe(true);
  });

  it('that cannot be finished leaves the reason, and nothing that counts', async () => {
    const load = () => Promise.reject(new Error('no space left on device'));
    await expect(run.score(0, { load })).rejects.toThrow('no space left');
    expect(await names()).toEqual(['000000.failed.json']);
    expect(JSON.parse(await readFile(run.file(0, 'failed.json'), 'utf8'))).toMatchObject({
      reason: 'no space left on device',
      host: hostname(),
    });
    await run.score(0);
    expect(await names()).not.toContain('000000.failed.json');
  });

  it('is refused when its items are not those of the plan', async () => {
    const path = join(run.run, 'items.jsonl');
    const text = await readFile(path, 'utf8');
    await writeFile(path, text.replace('1.mp4', '9.mp4'));
    await expect(run.score(0)).rejects.toThrow('has been changed since the run was planned');
    expect((await run.score(1)).isNew).toBe(true);
  });

  it('counts as not done when its output is cut off or gone', async () => {
    const known = await readPlan(run.run);
    const { manifest } = await run.score(0);
    const path = join(run.run, 'shards', manifest.output.file);
    const { size } = await stat(path);
    await writeFile(path, (await readFile(path, 'utf8')).slice(1));
    expect(await lookAtShard(run.run, known, 0)).toEqual({
      damaged: `its output has ${size - 1} bytes, and ${size} by its manifest`,
    });
    expect(await run.score(0)).toEqual({
      manifest: expect.objectContaining({ output: manifest.output }),
      isNew: true,
    });
    expect(await lookAtShard(run.run, known, 0)).toHaveProperty('manifest');
  });
});

it('refuses a folder without a plan, a damaged plan and a shard that is not there', async () => {
  const load = async () => ({ model: numbering, engine: 'cpu' });
  await expect(scoreShard({ run: run.folder, shard: 0, load })).rejects.toThrow(
    'it has no plan.json; make one',
  );
  await expect(run.score(3)).rejects.toThrow('has the shards 0 to 2, and no shard 3');
  await writeFile(join(run.run, 'plan.json'), '{"format": 1');
  await expect(run.score(0)).rejects.toThrow('plan.json is not valid JSON');
  await writeFile(join(run.run, 'plan.json'), '{"format": 2}');
  await expect(run.score(0)).rejects.toThrow('has the format 2');
});
