import type { Clip } from '../data/clip.js';

/** A clip, or a row of scores or labels, which calls its id `clip`. */
export type ClipOrRow = Clip | (Partial<Clip> & { clip: string });

/** The clip of a row. @throws {Error} for one without a path */
export function clipOf(operation: string, row: ClipOrRow): Clip {
  const { path, prompt, promptId, generator } = row;
  const id = row.id ?? ('clip' in row ? row.clip : '');
  if (path === undefined) {
    throw new Error(
      `${operation}: clip "${id}" has no path; give clips or rows with a path, such as by readScores(file, { path })`,
    );
  }
  return { id, path, prompt, promptId, generator };
}
