import { createHash, type Hash, randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { parseJson, writeJson } from '../base/json.js';
import { LineSplitter } from '../base/lineSplitter.js';
import { shortHost } from '../base/owner.js';
import { PaceMeter } from '../base/pace.js';
import { replaceFile } from '../base/replaceFile.js';
import type { RewardModel } from '../model/rewardModel.js';
import { type Claim, claim, type HeldClaim } from './claim.js';
import type { ScoreProgress } from './clips.js';
import { FailureCounts } from './failureCounts.js';
import { keepFeatures } from './features.js';
import { scoreInOrder } from './inOrder.js';
import { type Item, itemOf } from './items.js';
import { madeBy } from './madeBy.js';
import { lookAtShard, type Manifest, publish } from './manifest.js';
import { firstItem, type KnownPlan, readPlan, runFiles } from './plan.js';

/** What a worker is given. */
export interface ShardOptions {
  /** The folder of the run. */
  run: string;
  /** The shard's number, from 0. */
  shard: number;
  /** The model of the plan on the engine of the plan; asked for only where something is to be done. */
  load: () => Promise<{ model: RewardModel; engine: string }>;
  /** Called after each batch. */
  onProgress?: (progress: ScoreProgress) => void;
  /** Called with who works on the shard already, who is waited for. */
  onWait?: (holder: Claim) => void;
}

/** Why a worker ended without a manifest. */
export interface Failed {
  reason: string;
  host: string;
  at: string;
}

/** Where it is written why the last worker of a shard ended without a manifest. */
export const failedFile = (run: string, shard: number): string => `${runFiles.shard(run, shard)}.failed.json`;

/**
 * Does one shard of a run, unless it is done. Its lines, as `score.file` writes them, go to a file of this worker's own,
 * which is synced, then named as the shard's output, and at last its manifest is written: a worker that is killed, or whose disk is
 * full, leaves nothing that counts. An item that fails is in its line and in the manifest with its reason.
 * @returns the manifest that counts, and whether this worker made it.
 * @throws when there is no such shard, the items are not those of the plan, or nothing can be written.
 */
export async function scoreShard(options: ShardOptions): Promise<{ manifest: Manifest; isNew: boolean }> {
  const { run, shard, onWait = () => {} } = options;
  const known = await readPlan(run);
  const { shards } = known.plan;
  if (!(Number.isSafeInteger(shard) && shard >= 0 && shard < shards))
    throw new RangeError(`score: ${run} has the shards 0 to ${shards - 1}, and no shard ${shard}`);
  await mkdir(runFiles.shards(run), { recursive: true });
  const done = async () => {
    const found = await lookAtShard(run, known, shard);
    return found && 'manifest' in found ? found.manifest : undefined;
  };
  const before = await done();
  if (before) return { manifest: before, isNew: false };
  const held = await claim(
    `${runFiles.shard(run, shard)}.claim`,
    async () => (await done()) !== undefined,
    onWait,
  );
  try {
    // Between the look and the claim another one may have come to its end.
    const after = await done();
    if (after || !held) return { manifest: after as Manifest, isNew: false };
    const manifest = await work(options, known, held);
    await rm(failedFile(run, shard), { force: true });
    return { manifest, isNew: true };
  } catch (error) {
    const failed: Failed = {
      ...{ reason: (error as Error).message, host: hostname(), at: new Date().toISOString() },
    };
    // Where the disk is full this fails too, and the reason is in the log alone.
    await replaceFile(failedFile(run, shard), (draft) => draft.writeFile(JSON.stringify(failed))).catch(
      () => {},
    );
    throw error;
  } finally {
    await held?.release();
  }
}

async function work(
  { run, shard, load, onProgress }: ShardOptions,
  known: KnownPlan,
  held: HeldClaim,
): Promise<Manifest> {
  const { plan, id } = known;
  const start = performance.now();
  const began = new Date().toISOString();
  const { model, engine } = await load();
  const first = firstItem(shard, plan.shards, plan.input.items);
  const total = firstItem(shard + 1, plan.shards, plan.input.items) - first;
  const place = `${runFiles.shard(run, shard)}.${shortHost()}-${process.pid}-${randomBytes(4).toString('hex')}.tmp`;
  const draft = await open(place, 'wx');
  try {
    const failures = new FailureCounts();
    const meter = new PaceMeter();
    const input = createHash('sha256');
    const output = createHash('sha256');
    let bytes = 0;
    let next = first;
    const progress = () => {
      const state = { done: next - first, total, failed: failures.total, ...meter.pace };
      held.progress(state);
      onProgress?.(state);
    };
    progress();
    const items = itemsOf(run, known, shard, input);
    const options = { prompts: plan.prompts, batchSize: plan.batchSize, meter };
    const results =
      plan.work.kind === 'score'
        ? scoreInOrder(model, items, options)
        : keepFeatures(model, items, { ...options, ...plan.work });
    for await (const ready of results) {
      const lines = ready.map(([item, outcome]) => {
        if (item.index !== next++) throw new Error(`score: item ${item.index} is not in its turn`);
        if ('error' in outcome) failures.add(item, outcome.error);
        return `${writeJson({ ...item.fields, index: item.index, ...outcome })}\n`;
      });
      const text = Buffer.from(lines.join(''));
      output.update(text);
      bytes += text.length;
      await draft.appendFile(text);
      progress();
    }
    const sha256 = input.digest('hex');
    if (next !== first + total || sha256 !== plan.sha256[shard])
      throw new Error(
        `score: ${runFiles.items(run)} has been changed since the run was planned; plan a new run`,
      );
    await draft.sync();
    await draft.close();
    const hash = output.digest('hex');
    const name = String(shard).padStart(6, '0');
    const manifest: Manifest = {
      ...{ plan: id, shard, shards: plan.shards, first, items: total },
      ...{ made: total - failures.total, failed: failures.total, failures: failures.list() },
      input: sha256,
      output: { file: `${name}.${hash.slice(0, 16)}.jsonl`, bytes, sha256: hash },
      model: plan.model.sha256,
      madeBy: await madeBy(model, plan.prompts),
      ...{ engine, node: process.version, host: hostname(), began },
      seconds: (performance.now() - start) / 1000,
    };
    return await publish(run, known, manifest, place);
  } finally {
    await draft.close().catch(() => {});
    await rm(place, { force: true });
  }
}

/** The items of a shard; nothing before them is read. @param hash of their bytes. */
async function* itemsOf(run: string, { plan }: KnownPlan, shard: number, hash: Hash): AsyncGenerator<Item> {
  const [start, end] = [plan.starts[shard], plan.starts[shard + 1] ?? plan.input.bytes];
  if (start === end) return;
  const file = runFiles.items(run);
  let index = firstItem(shard, plan.shards, plan.input.items);
  const lines = new LineSplitter();
  const chunks: AsyncIterable<Buffer> = createReadStream(file, {
    start,
    end: end - 1,
    highWaterMark: 1 << 20,
  });
  for await (const chunk of chunks) {
    hash.update(chunk);
    for (const line of lines.push(chunk))
      yield { size: line.length, ...itemOf(file, parseJson(line.toString('utf8')), index++, plan.folder) };
  }
}
