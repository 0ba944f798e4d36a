import { type ColumnTable, table } from 'arquero';
import type { Clip } from './clip.js';
import { fieldsOf } from './tables/fields.js';
import type { TableOf } from './tables/tableOf.js';
import type { FrameCache } from './video/frameCache.js';
import { reading } from './video/hashReading.js';
import { type ReadFailure, readClips } from './video/readClips.js';
import { similarHashes } from './video/similarHashes.js';

/** Clips, or a table with the columns `clip` and `path`, such as labels or scores. */
export type ClipSource = readonly Clip[] | ColumnTable;

/** A clip that looks like others. */
export interface NearDuplicateRow {
  /** The clips that look alike have the same. */
  group: string;
  /** Id of the clip. */
  clip: string;
  /** File of the clip. */
  path: string;
  /** The text that it was generated from. */
  prompt?: string;
  /** What clips of the same prompt have in common. */
  promptId?: string;
  /** The model that generated it. */
  generator?: string;
  /** The part of the split that it is in. */
  split?: string;
  /** Whether its group is in more than one part of the split. */
  across?: boolean;
  /** Share of the bits in which it differs from the first clip of its group. */
  distance: number;
}

/** Clips that look alike, those that lie on several sides of a split first, and the clips that could not be read. */
export type NearDuplicates = TableOf<NearDuplicateRow> & { readonly failures: readonly ReadFailure[] };

/** When clips count as alike, and how they are read. */
export interface NearDuplicateOptions {
  /** Share of the bits of two clips that may differ, 0 to 0.25. Default 0.1. */
  distance?: number;
  /** Keeps what was made of each file on disk. */
  cache?: FrameCache;
  /** Stops between clips, with the signal's reason. */
  signal?: AbortSignal;
  /** Called after each file. */
  onProgress?: (progress: { done: number; total: number; failed: number }) => void;
}

/**
 * Clips that look alike, by a perceptual hash of four frames of each (256 bits): encoded again, scaled, a little brighter. Of a
 * split, `nearDuplicates({ train, test })`, it is said which of them lie on both sides. Clips that are shifted in time, cropped
 * or mirrored are not found.
 * @returns a table, a row for each clip that has a near-duplicate; `gallery` shows it by group
 * @throws {Error} for a table without `clip` and `path`, or an empty one; {RangeError} for a distance outside 0 to 0.25
 */
export async function nearDuplicates(
  clips: ClipSource | Readonly<Record<string, ClipSource>>,
  { distance = 0.1, cache, signal, onProgress }: NearDuplicateOptions = {},
): Promise<NearDuplicates> {
  if (!(distance >= 0 && distance <= 0.25))
    throw new RangeError(`nearDuplicates: expected a distance from 0 to 0.25, received ${distance}`);
  const entries = entriesOf(clips);
  if (entries.length === 0) throw new Error('nearDuplicates: expected at least one clip, received none');
  const files = [...new Set(entries.map(({ clip }) => clip.path))].map((path) => ({ id: path, path }));
  const recipe = { module: new URL('./video/hashReading.js', import.meta.url).href, settings: {} };
  const { frames, failures } = await readClips(files, {
    ...reading({}),
    recipe,
    cache,
    ...(signal && { signal }),
    onProgress,
  });
  const read = entries.filter(({ clip }) => frames.has(clip.path));
  const groups = similarHashes(
    read.map(({ clip }) => frames.get(clip.path)!),
    distance,
  ).map(({ clips, distances }) => {
    const splits = new Set(clips.map((place) => read[place].split));
    const members = clips.map((place, i) => ({ ...read[place], distance: distances[i] }));
    return { members, across: splits.size > 1 };
  });
  groups.sort((a, b) => Number(b.across) - Number(a.across) || b.members.length - a.members.length);
  const found = groups.flatMap(({ members, across }, group) =>
    members.map(({ clip: { id, ...clip }, split, distance }) => ({
      ...{ group: String(group + 1), clip: id, ...clip },
      ...(split !== undefined && { split, across }),
      distance,
    })),
  );
  const names = [...new Set(['group', 'clip', 'path', 'distance', ...found.flatMap(Object.keys)])];
  const columns = names.map((name) => [name, found.map((row: Record<string, unknown>) => row[name])]);
  const unread = new Map(failures.map(({ clip, reason }) => [clip.path, reason]));
  const failed = entries.flatMap(({ clip }) => {
    const reason = unread.get(clip.path);
    return reason === undefined ? [] : [{ clip, reason }];
  });
  if (failed.length > 0) {
    console.warn(
      `nearDuplicates: ${failed.length} of ${entries.length} clips cannot be read; the first is "${failed[0].clip.id}": ` +
        `${failed[0].reason}. All are in the table's .failures`,
    );
  }
  return Object.assign(table(Object.fromEntries(columns)) as ColumnTable as TableOf<NearDuplicateRow>, {
    failures: failed,
  });
}

/** A clip, and the part of the split that it is in. */
interface Entry {
  clip: Clip;
  split?: string;
}

function entriesOf(clips: ClipSource | Readonly<Record<string, ClipSource>>): Entry[] {
  if (isSource(clips)) return distinct(clips).map((clip) => ({ clip }));
  return Object.entries(clips).flatMap(([split, part]) => distinct(part).map((clip) => ({ clip, split })));
}

const isSource = (clips: object): clips is ClipSource => Array.isArray(clips) || 'columnNames' in clips;

/** The clips, each once: a table of labels has a row for each dimension. */
function distinct(source: ClipSource): Clip[] {
  const clips = Array.isArray(source) ? source : clipsOfTable(source as ColumnTable);
  return [...new Map(clips.map((clip) => [clip.id, clip])).values()];
}

function clipsOfTable(source: ColumnTable): Clip[] {
  const fields = fieldsOf('nearDuplicates', source);
  fields.require(['clip', 'path']);
  return Array.from({ length: fields.count }, (_, row) => ({
    ...fields.clip(row),
    id: fields.name(row, 'clip'),
    path: fields.name(row, 'path'),
  }));
}
