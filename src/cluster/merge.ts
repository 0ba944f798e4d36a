import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { LineSplitter } from '../base/lineSplitter.js';
import { replaceFile } from '../base/replaceFile.js';
import { shortened, shown } from '../data/tables/vocabulary.js';
import { FailureCounts } from '../score/failureCounts.js';
import { type MadeBy, madeByFile } from '../score/madeBy.js';
import { type Failures, type Manifest, outputOf, setAside, syncFolder } from '../score/manifest.js';
import { inRanges } from './ranges.js';
import { survey } from './status.js';

/** What the merged file has. */
export interface Merged {
  /** The merged file. */
  output: string;
  /** As many as the input has. */
  items: number;
  /** Items that have what was asked for. */
  made: number;
  /** Items that have a reason in place of it. */
  failed: number;
  /** The reasons, the most frequent first. */
  failures: readonly Failures[];
  /** Shards by the engine that they were computed on. */
  engines: Readonly<Record<string, number>>;
}

/**
 * Joins the outputs of all shards into one file, in the order of the input: every item once, with what was asked for or the reason
 * why not. Each output is compared with the hash in its manifest; one that differs is set aside, and its shard counts as
 * not done. Memory does not grow with the number of items. The same call again makes the same file.
 * @param output default: `scores.jsonl` in the folder of the run (`features.jsonl` for features).
 * @throws when a shard has no valid manifest, with which; when shards were made by different versions, models or
 *   prompts; and file system errors: an earlier output is as it was then.
 */
export async function merge(run: string, { output }: { output?: string } = {}): Promise<Merged> {
  const { known, status, manifests } = await survey(run);
  const { shards, input, work } = known.plan;
  const target = output ?? join(run, work.kind === 'score' ? 'scores.jsonl' : 'features.jsonl');
  const missing = Array.from({ length: shards }, (_, shard) => shard).filter(
    (shard) => !manifests.has(shard),
  );
  if (missing.length > 0) {
    throw new Error(
      `cluster.merge: ${missing.length} of ${shards} shards have no valid manifest (${inRanges(missing)}), ` +
        `${status.running.length} of them are being worked on; resubmit starts the others`,
    );
  }
  const made = madeByAll(manifests);
  const counts = new FailureCounts();
  const engines: Record<string, number> = {};
  let items = 0;
  await mkdir(dirname(target), { recursive: true });
  await replaceFile(target, async (draft) => {
    for (let shard = 0; shard < shards; shard++) {
      const manifest = manifests.get(shard) as Manifest;
      const found = await copyLines(outputOf(run, manifest), items, (chunk) => draft.appendFile(chunk));
      const { output, made, failed } = manifest;
      const fault =
        found.fault ??
        (found.sha256 !== output.sha256 ? 'has other bytes than its manifest says' : undefined) ??
        (found.items !== manifest.items || found.failed !== failed || found.items - found.failed !== made
          ? 'has other totals than its manifest says'
          : undefined);
      if (fault) {
        await setAside(run, shard);
        throw new Error(
          `cluster.merge: ${output.file} ${fault}, so shard ${shard} counts as not done; resubmit starts it`,
        );
      }
      items += found.items;
      for (const failures of manifest.failures) counts.count(failures);
      engines[manifest.engine] = (engines[manifest.engine] ?? 0) + 1;
    }
    if (items !== input.items)
      throw new Error(`cluster.merge: ${items} items in the shards, ${input.items} in the input`);
    await draft.sync();
  });
  await syncFolder(dirname(target));
  await replaceFile(madeByFile(target), (draft) => draft.writeFile(`${JSON.stringify(made, null, 2)}\n`));
  const failed = counts.total;
  return { output: target, items, made: items - failed, failed, failures: counts.list(), engines };
}

/** What made all shards. @throws when they differ, with how. */
function madeByAll(manifests: ReadonlyMap<number, Manifest>): MadeBy {
  const kinds: { made: MadeBy; shards: number[] }[] = [];
  for (const [shard, { madeBy }] of [...manifests].sort(([a], [b]) => a - b)) {
    const kind = kinds.find(({ made }) => isDeepStrictEqual(made, madeBy));
    if (kind) kind.shards.push(shard);
    else kinds.push({ made: madeBy, shards: [shard] });
  }
  if (kinds.length === 1) return kinds[0].made;
  const names = [...new Set(kinds.flatMap(({ made }) => Object.keys(made)))];
  const differing = names.filter((name) =>
    kinds.some(({ made }) => !isDeepStrictEqual(made[name], kinds[0].made[name])),
  );
  const said = kinds.map(
    ({ made, shards }) =>
      `${inRanges(shards)}: ${differing.map((name) => `${shortened(name)} ${shown(made[name])}`).join(', ')}`,
  );
  throw new Error(
    `cluster.merge: the shards were not made by the same thing (${said.join('; ')}); ` +
      'resubmit those that are to be made again, by their numbers',
  );
}

/** Copies an output, and looks at each line: an item, in its turn, with a result or a reason. @param first number of its first item. */
async function copyLines(
  path: string,
  first: number,
  write: (chunk: Buffer) => Promise<void>,
): Promise<{ items: number; failed: number; sha256: string; fault?: string }> {
  const hash = createHash('sha256');
  const lines = new LineSplitter();
  let [items, failed] = [0, 0];
  let fault: string | undefined;
  const chunks: AsyncIterable<Buffer> = createReadStream(path, { highWaterMark: 1 << 20 });
  for await (const chunk of chunks) {
    hash.update(chunk);
    for (const line of lines.push(chunk)) {
      const index = first + items++;
      const found = read(line);
      if (found?.index !== index) fault ??= `has no item ${index} in its line ${items}`;
      else if (typeof found.error === 'string') failed++;
      else if (typeof found.score !== 'number' && found.features !== true)
        fault ??= `has neither a result nor a reason for item ${index}`;
    }
    await write(chunk);
  }
  if (lines.rest.length > 0) fault ??= 'has a last line without its end';
  return { items, failed, sha256: hash.digest('hex'), fault };
}

function read(line: Buffer): Record<string, unknown> | undefined {
  try {
    return JSON.parse(line.toString('utf8'));
  } catch {
    return undefined;
  }
}
