// The memory that merging takes: node scripts/cluster/merge.mjs 10000000 makes up the shards of so many items, merges them, and prints
// the peak before and after.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const dist = (/** @type {string} */ path) => import(new URL(`../../dist/src/${path}`, import.meta.url).href);
const { firstItem, planId, planText, runFiles } = await dist('score/plan.js');

const items = Number(process.argv[2] ?? 1_000_000);
const shards = Math.ceil(items / 10_000);
const run = mkdtempSync(join(tmpdir(), 'merge-'));
mkdirSync(runFiles.shards(run));
const none = Array.from({ length: shards }, () => 0);
const plan = planText({
  ...{ format: 1, work: { kind: 'score' }, input: { path: '', items, bytes: 0, sha256: '' }, shards },
  ...{ starts: none, sha256: none, model: { folder: '', sha256: '' }, prompts: { user: '' } },
  ...{ batchSize: 4, engine: 'auto', limits: {}, folder: '/' },
});
writeFileSync(runFiles.plan(run), plan);
for (let shard = 0; shard < shards; shard++) {
  const [first, end] = [firstItem(shard, shards, items), firstItem(shard + 1, shards, items)];
  let lines = '';
  for (let i = first; i < end; i++)
    lines += `{"video_path":"clips/${i}.mp4","prompt":"a red ball falls","index":${i},"score":${Math.sin(i)}}\n`;
  const sha256 = createHash('sha256').update(lines).digest('hex');
  const file = `${String(shard).padStart(6, '0')}.${sha256.slice(0, 16)}.jsonl`;
  writeFileSync(join(runFiles.shards(run), file), lines);
  const output = { file, bytes: Buffer.byteLength(lines), sha256 };
  const counts = { first, items: end - first, made: end - first, failed: 0, failures: [] };
  writeFileSync(
    `${runFiles.shard(run, shard)}.json`,
    JSON.stringify({ plan: planId(plan), shard, shards, ...counts, output, madeBy: {}, engine: 'none' }),
  );
}
// In a process of its own, so that what has made the shards does not count.
const script = `const { merge } = await import('${new URL('../../dist/src/cluster/merge.js', import.meta.url).href}');
  const peak = () => Math.round(process.resourceUsage().maxRSS / 1024);
  const before = peak();
  const { items } = await merge('${run}');
  console.log(items + ' items of ${shards} shards merged; peak of memory ' + before + ' MiB before, ' + peak() + ' MiB after');`;
execFileSync(process.execPath, ['--input-type=module', '-e', script], { stdio: 'inherit' });
rmSync(run, { recursive: true, force: true });
