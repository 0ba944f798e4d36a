import { mkdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { from } from 'arquero';
import { replaceFile } from '../../base/replaceFile.js';
import type { Clip } from '../clip.js';
import { writeTable } from '../tables/tableFile.js';
import type { TableOf } from '../tables/tableOf.js';
import { isWholeMp4 } from '../video/wholeFile.js';
import { type VoteRow, votesTable } from '../votes/votes.js';
import { type Annotator, annotate, defaultAnnotators, type Truth } from './annotators.js';
import { encodeClips } from './encode.js';
import { dimensions } from './faults.js';
import { renderClip } from './render.js';
import { checkedRules, type SimulatedClip, simulate, type WorldRules } from './simulate.js';

/** What a world is made of, and where. */
export interface WorldOptions extends WorldRules {
  /** Number of clips. */
  clips: number;
  /** Where the clips and tables are written; a folder of the same world is completed, or used as it is where every clip is whole. */
  folder: string;
  /** Who votes. Default: five of differing care. */
  annotators?: readonly Annotator[];
  /** Annotators that judge each clip; default: all. */
  votesPerClip?: number;
  /** Stops the rendering; what is written stays, and the next call continues from there. */
  signal?: AbortSignal;
  /** Called after each clip that is rendered. */
  onProgress?: (progress: { done: number; total: number }) => void;
}

/** A generated world: its clips, the simulated annotators' votes, and what is true. */
export interface World {
  /** All clips. */
  clips: Clip[];
  /** Columns clip, annotator, dimension, pass, and those of the clip: path, prompt, promptId, generator. */
  votes: TableOf<VoteRow>;
  /** Columns clip, dimension, pass, fault, strength (0 for a Pass), quality (1 - strength). */
  truth: TableOf<Truth>;
}

/** Grows when the same parameters begin to give other clips, so that no folder mixes the two. */
const version = 3;

/**
 * Renders a world of clips as real H.264 files, with votes and truth: `clips/*.mp4`, `votes.csv`, `truth.csv` and
 * `world.json`, the parameters. The same parameters give the same frames, votes and truth.
 * @throws RangeError for parameters out of range; Error when the folder holds another world.
 */
export async function makeWorld(options: WorldOptions): Promise<World> {
  const { clips: count, signal, onProgress } = options;
  if (!(Number.isInteger(count) && count >= 1)) {
    throw new RangeError(`makeWorld: clips must be a whole number from 1 on, received ${count}`);
  }
  const folder = resolve(options.folder);
  const clipFolder = join(folder, 'clips');
  await mkdir(clipFolder, { recursive: true });
  await claim(folder, parametersOf(options));

  const simulated = Array.from({ length: count }, (_, index) => simulate(index, options));
  const truth = simulated.flatMap(truthOf);
  const { annotators, votesPerClip, seed } = options;
  const votes = annotate(truth, { annotators, votesPerClip, seed });

  const missing: SimulatedClip[] = [];
  for (const clip of simulated) {
    if (!(await isWholeMp4(clipOf(clip, clipFolder).path))) missing.push(clip);
  }
  const found = count - missing.length;
  onProgress?.({ done: found, total: count });
  const toEncode = missing.map((clip) => ({
    path: clipOf(clip, clipFolder).path,
    render: () => renderClip(clip.frames),
  }));
  await encodeClips(toEncode, folder, {
    signal,
    onEncoded: (done) => onProgress?.({ done: found + done, total: count }),
  });

  const clips = simulated.map((clip) => clipOf(clip, clipFolder));
  const byId = new Map(clips.map((clip) => [clip.id, clip]));
  const world = {
    clips,
    votes: votesTable(
      votes.map((vote) => {
        const { path, prompt, promptId, generator } = byId.get(vote.clip) as Clip;
        return { ...vote, path, prompt, promptId, generator };
      }),
    ),
    truth: from(truth) as TableOf<Truth>,
  };
  await writeTable('makeWorld', join(folder, 'votes.csv'), world.votes);
  await writeTable('makeWorld', join(folder, 'truth.csv'), world.truth);
  return world;
}

function clipOf({ id, prompt, promptId, generator }: SimulatedClip, folder: string): Clip {
  return { id, path: join(folder, `${id}.mp4`), prompt, promptId, generator };
}

function truthOf({ id, faults }: SimulatedClip): Truth[] {
  return dimensions.map((dimension) => {
    const fault = faults[dimension];
    const strength = fault?.strength ?? 0;
    return { clip: id, dimension, pass: !fault, fault: fault?.kind ?? '', strength, quality: 1 - strength };
  });
}

/** All that decides what is in the folder. */
function parametersOf({ clips, annotators = defaultAnnotators, votesPerClip, ...rules }: WorldOptions) {
  return {
    version,
    clips,
    ...checkedRules(rules),
    annotators,
    votesPerClip: votesPerClip ?? annotators.length,
  };
}

/** Writes the parameters into a new folder; an old one must be of the same world. */
async function claim(folder: string, parameters: object): Promise<void> {
  const path = join(folder, 'world.json');
  const text = `${JSON.stringify(parameters, null, 2)}\n`;
  const found = await readFile(path, 'utf8').catch(() => undefined);
  if (found === undefined) {
    await replaceFile(path, (draft) => draft.writeFile(text));
  } else if (found !== text) {
    throw new Error(
      `makeWorld: ${folder} holds a world of other parameters (world.json); choose another folder`,
    );
  }
}
