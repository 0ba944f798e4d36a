import { readdir, readFile } from 'node:fs/promises';
import { type Displayable, jupyterDisplay, type MimeBundle, mime } from '../base/host.js';
import { escapeHtml } from '../base/html.js';
import { htmlTable } from '../base/htmlTable.js';
import { type Claim, liveClaim } from '../score/claim.js';
import { FailureCounts } from '../score/failureCounts.js';
import { type Failures, lookAtShard, type Manifest } from '../score/manifest.js';
import { firstItem, type KnownPlan, readPlan, runFiles } from '../score/plan.js';
import { type Failed, failedFile } from '../score/shard.js';
import { inRanges } from './ranges.js';

/** A shard that has no valid manifest, and nobody works on it. */
export interface OpenShard {
  /** Number of the shard. */
  shard: number;
  /** Why the last worker ended, or what is wrong with the manifest; nothing where none has begun. */
  reason?: string;
}

/** A worker that gives signs of life. */
export interface Worker extends Pick<Claim, 'host' | 'pid' | 'done' | 'total' | 'clipsPerSecond'> {
  /** Number of the shard that it works on. */
  shard: number;
}

/** How far a run is, by what is on the disk alone. It shows itself. */
export class Status implements Displayable {
  constructor(
    /** Folder of the run. */
    readonly run: string,
    /** Shards of the run. */
    readonly shards: number,
    /** Items of the run. */
    readonly items: number,
    /** Shards that have a valid manifest. */
    readonly done: number,
    /** Workers that give signs of life. */
    readonly running: readonly Worker[],
    /** Shards whose last worker ended without a manifest. */
    readonly failed: readonly OpenShard[],
    /** Shards that no worker has begun. */
    readonly waiting: readonly number[],
    /** Items of the shards that are done: with what was asked for, and with a reason in place of it. */
    readonly made: number,
    /** Items of the shards that are done with a reason in place of what was asked for. */
    readonly failedItems: number,
    /** Of the items that failed, the most frequent reasons first. */
    readonly failures: readonly Failures[],
  ) {}

  /** Whether nothing is left but `merge`. */
  get isComplete(): boolean {
    return this.done === this.shards;
  }

  /** Items a second of the workers of this moment. */
  get clipsPerSecond(): number {
    return this.running.reduce((sum, { clipsPerSecond }) => sum + clipsPerSecond, 0);
  }

  /** When it ends at the pace of this moment; nothing where nobody works. */
  get expectedEnd(): Date | undefined {
    const { clipsPerSecond, running, items, made, failedItems } = this;
    if (!(clipsPerSecond > 0)) return undefined;
    const left = items - made - failedItems - running.reduce((sum, { done }) => sum + done, 0);
    return new Date(Date.now() + (1000 * left) / clipsPerSecond);
  }

  toString(): string {
    const { shards, done, running, failed, waiting, items, made, failedItems, expectedEnd } = this;
    const finished = made + failedItems;
    const lines = [
      `${this.run}: ${done} of ${shards} shards done, ${running.length} running, ${failed.length} failed, ` +
        `${waiting.length} waiting; ${finished} of ${items} items, ${failedItems} of them failed`,
    ];
    if (expectedEnd)
      lines.push(
        `${rate(this.clipsPerSecond)} clips a second; expected end ${expectedEnd.toISOString().slice(0, 19)}Z`,
      );
    for (const { reason, shards } of byReason(failed)) lines.push(`shards ${inRanges(shards)}: ${reason}`);
    for (const { reason, items } of this.failures) lines.push(`${items} items: ${reason}`);
    return lines.join('\n');
  }

  [jupyterDisplay](): MimeBundle {
    return { [mime.html]: this.html(), [mime.text]: this.toString() };
  }

  private html(): string {
    const { shards, done, running, failed, waiting, items, made, failedItems, expectedEnd } = this;
    const part = (count: number, colour: string) =>
      `<div style="width:${((100 * count) / shards).toFixed(2)}%;background:${colour}"></div>`;
    const counts = [
      `${done} of ${shards} shards done`,
      `${running.length} running`,
      `${failed.length} failed`,
      `${waiting.length} waiting`,
      `${made + failedItems} of ${items} items, ${failedItems} of them failed`,
      ...(expectedEnd
        ? [`${rate(this.clipsPerSecond)} clips a second`, `expected end ${expectedEnd.toLocaleString()}`]
        : []),
    ].join(' · ');
    const bar =
      '<div style="display:flex;height:8px;border-radius:4px;overflow:hidden;background:rgba(127,127,127,.25)">' +
      `${part(done, '#4c8bc8')}${part(running.length, '#9cc3e6')}${part(failed.length, '#d9822b')}</div>`;
    return (
      `<div style="font:13px/1.5 system-ui,sans-serif;max-width:60em">${bar}<div>${escapeHtml(counts)}</div>` +
      tableOf('shards without a manifest', ['shards', 'reason'], byReason(failed), ({ shards, reason }) => [
        inRanges(shards),
        reason,
      ]) +
      tableOf('failed items', ['items', 'first', 'reason'], this.failures, ({ items, first, reason }) => [
        String(items),
        String(first),
        reason,
      ]) +
      '</div>'
    );
  }
}

function tableOf<T>(
  caption: string,
  columns: string[],
  rows: readonly T[],
  cells: (row: T) => string[],
): string {
  if (rows.length === 0) return '';
  const numeric = columns.map((name) => name === 'items' || name === 'first');
  return htmlTable({ caption, columns, cells: rows.map(cells), numeric });
}

const rate = (value: number) => (value < 10 ? value.toPrecision(2) : Math.round(value));

/** Shards together that have the same reason. */
function byReason(open: readonly OpenShard[]): { reason: string; shards: number[] }[] {
  const found = new Map<string, number[]>();
  for (const { shard, reason = '' } of open) found.set(reason, [...(found.get(reason) ?? []), shard]);
  return [...found].map(([reason, shards]) => ({ reason, shards }));
}

/**
 * How far a run is. A shard is done when its manifest is valid, and running while its worker gives signs of life; what a
 * scheduler says does not count.
 * @throws for a folder without a plan, and file system errors.
 */
export const status = async (run: string): Promise<Status> => (await survey(run)).status;

/** What the disk says of each shard. */
export interface Survey {
  known: KnownPlan;
  status: Status;
  manifests: ReadonlyMap<number, Manifest>;
}

/** Most files that are open at once. */
const together = 32;

/** @param before what was found earlier: manifests do not change, and are not read again. */
export async function survey(run: string, before?: Survey): Promise<Survey> {
  const known = await readPlan(run);
  const { shards, input } = known.plan;
  const names = new Set(await readdir(runFiles.shards(run)).catch(() => []));
  const has = (shard: number, end: string) => names.has(`${String(shard).padStart(6, '0')}.${end}`);
  const manifests = new Map<number, Manifest>();
  const [running, failed, waiting]: [Worker[], OpenShard[], number[]] = [[], [], []];
  const look = async (shard: number) => {
    const earlier = before?.known.id === known.id ? before.manifests.get(shard) : undefined;
    if (earlier && has(shard, 'json') && names.has(earlier.output.file)) {
      manifests.set(shard, earlier);
      return;
    }
    const found = has(shard, 'json') ? await lookAtShard(run, known, shard) : undefined;
    if (found && 'manifest' in found) {
      manifests.set(shard, found.manifest);
      return;
    }
    const claim = has(shard, 'claim') ? await liveClaim(`${runFiles.shard(run, shard)}.claim`) : undefined;
    if (claim) {
      const { host, pid, done, clipsPerSecond } = claim;
      const total = firstItem(shard + 1, shards, input.items) - firstItem(shard, shards, input.items);
      running.push({ shard, host, pid, done, total, clipsPerSecond });
    } else if (found) failed.push({ shard, reason: found.damaged });
    else if (has(shard, 'failed.json')) failed.push({ shard, reason: await reasonOf(run, shard) });
    else if (has(shard, 'claim')) failed.push({ shard, reason: 'its worker ended without a word' });
    else waiting.push(shard);
  };
  let next = 0;
  await Promise.all(
    Array.from({ length: together }, async () => {
      while (next < shards) await look(next++);
    }),
  );
  const counts = new FailureCounts();
  const [order, byShard] = [
    [...manifests.keys()].sort((a, b) => a - b),
    <T extends { shard: number }>(list: T[]) => list.sort((a, b) => a.shard - b.shard),
  ];
  let made = 0;
  for (const shard of order) {
    const manifest = manifests.get(shard) as Manifest;
    made += manifest.made;
    for (const failures of manifest.failures) counts.count(failures);
  }
  waiting.sort((a, b) => a - b);
  const status = new Status(
    run,
    shards,
    input.items,
    manifests.size,
    byShard(running),
    byShard(failed),
    waiting,
    made,
    counts.total,
    counts.list(),
  );
  return { known, status, manifests };
}

async function reasonOf(run: string, shard: number): Promise<string> {
  try {
    const { reason, host } = JSON.parse(await readFile(failedFile(run, shard), 'utf8')) as Failed;
    return `${reason} (on ${host})`;
  } catch {
    return 'its worker ended, and why cannot be read';
  }
}
