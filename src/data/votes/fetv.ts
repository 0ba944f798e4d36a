import { access } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Clip } from '../clip.js';
import { readColumns } from '../tables/columnFile.js';
import { type ClipFields, Fields } from '../tables/fields.js';
import type { TableOf } from '../tables/tableOf.js';
import { checkedVotes, checkThreshold, type VoteRow, voteRows, votesTable } from './votes.js';

/**
 * Human ratings of text-to-video clips from FETV (Liu et al. 2023, arXiv 2311.01813, github.com/llyx97/FETV) as votes.
 * @param folder with `ratings.csv` (video, annotator, dimension, rating from 1 to 5), `videos.csv` (video, prompt_id,
 * prompt, generator) and the clips that `video` names.
 * @param options `threshold`: ratings from there on pass; default 4.
 * @returns votes, with the clips' columns; and the clips, whose id is `video` and whose path is absolute. Agreement and
 * labels need no clip file, so a missing one is not an error here; scoring tells it.
 * @throws Error when a file is missing or malformed, or a rated video is not listed.
 */
export async function fetv(
  folder: string,
  { threshold = 4 }: { threshold?: number } = {},
): Promise<{ votes: TableOf<VoteRow>; clips: Clip[] }> {
  checkThreshold('fetv', threshold);
  const ratingsFile = await present(folder, 'ratings.csv');
  const clips = await clipsIn(folder, await present(folder, 'videos.csv'));
  const ratings = new Fields('fetv: ratings.csv', await readColumns('fetv', ratingsFile));
  ratings.require(['clip']);
  for (let row = 0; row < ratings.count; row++) {
    if (!clips.has(ratings.name(row, 'clip'))) throw ratings.error(row, 'clip', 'a video of videos.csv');
  }
  const votes = voteRows(checkedVotes(ratings, threshold)).map((vote) => ({
    ...vote,
    ...clips.get(vote.clip),
  }));
  return { votes: votesTable(votes), clips: [...clips].map(([id, fields]) => ({ id, ...fields })) };
}

/** The listed clips, by id. */
async function clipsIn(folder: string, file: string): Promise<Map<string, ClipFields & { path: string }>> {
  const videos = new Fields('fetv: videos.csv', await readColumns('fetv', file));
  videos.require(['clip', 'promptId', 'prompt', 'generator']);
  const clips = new Map<string, ClipFields & { path: string }>();
  for (let row = 0; row < videos.count; row++) {
    const id = videos.name(row, 'clip');
    if (clips.has(id)) throw videos.error(row, 'clip', 'every video once');
    clips.set(id, {
      path: resolve(folder, id),
      prompt: videos.name(row, 'prompt'),
      promptId: videos.name(row, 'promptId'),
      generator: videos.name(row, 'generator'),
    });
  }
  return clips;
}

async function present(folder: string, name: string): Promise<string> {
  const file = join(folder, name);
  await access(file).catch(() => {
    throw new Error(
      `fetv: ${resolve(folder)} has no ${name}; the folder must contain ratings.csv (video, annotator, dimension, ` +
        'rating), videos.csv (video, prompt_id, prompt, generator) and the clips they name. The data set is FETV, ' +
        'arXiv 2311.01813, github.com/llyx97/FETV',
    );
  });
  return file;
}
