import { cellError } from '../data/tables/cellError.js';
import { isMissing, numberOf } from '../data/tables/vocabulary.js';
import type { BenchmarkContent, Rating } from './benchmark.js';
import type { ClipList } from './clipList.js';
import { LayoutColumns, textIn } from './layoutColumns.js';
import type { RatingLayout } from './layouts.js';

/**
 * Ratings of clips, a row a clip and a column a dimension. Blank ones are left out and counted; every row of a clip that has several
 * counts.
 * @throws {Error} naming file, row, column and value of what is not a whole number of the scale, and of a clip without a name
 */
export async function readRatings(
  layout: RatingLayout,
  where: string,
  file: string,
  clips: ClipList,
): Promise<Omit<BenchmarkContent, 'source' | 'clips'>> {
  const columns = await LayoutColumns.read(layout.name, where, file);
  const { name, scale } = layout;
  const clip = columns.require(layout.clip);
  const prompt = columns.require(layout.prompt);
  const dimensions = columns.some(layout.dimensions);
  const generator = columns.find(layout.generator);
  const ratings: Rating[] = [];
  const blank = new Map<string, number>();
  const seen = new Set<string>();
  let again = 0;
  for (let row = 0; row < columns.rows; row++) {
    const at = (column: string) => ({ where, row, column });
    const text = textIn(clip, row);
    if (text === undefined) throw cellError(at(clip.name), 'the name of a clip', clip.values.at(row));
    const id = clips.add(text, { prompt: textIn(prompt, row), generator: textIn(generator, row) });
    if (seen.has(id)) again++;
    seen.add(id);
    for (const [dimension, column] of dimensions) {
      const value = column.values.at(row);
      if (isMissing(value)) {
        blank.set(dimension, (blank.get(dimension) ?? 0) + 1);
        continue;
      }
      const rating = numberOf(value);
      if (
        rating === undefined ||
        !Number.isInteger(rating) ||
        rating < scale.lowest ||
        rating > scale.highest
      )
        throw cellError(at(column.name), `a whole number from ${scale.lowest} to ${scale.highest}`, value);
      ratings.push({ dimension, clip: id, rating });
    }
  }
  const blanks = [...blank].map(
    ([dimension, count]) => `${dimension}: no rating in ${count} of ${columns.rows} rows`,
  );
  const repeats = again > 0 ? [`rows of clips that have one already, each of which counts: ${again}`] : [];
  return { name, ratings, scale, notes: [...columns.notes, ...blanks, ...repeats] };
}
