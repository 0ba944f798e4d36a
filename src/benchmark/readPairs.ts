import { cellError } from '../data/tables/cellError.js';
import type { BenchmarkContent, Preference } from './benchmark.js';
import type { ClipList } from './clipList.js';
import { LayoutColumns, textIn } from './layoutColumns.js';
import type { PairLayout } from './layouts.js';

/**
 * Preferences between two clips, a row a pair and a column a dimension. Blank ones are left out and counted.
 * @throws {Error} naming file, row, column and value of a preference in other words, or of a pair without both its clips
 */
export async function readPairs(
  layout: PairLayout,
  where: string,
  file: string,
  clips: ClipList,
): Promise<Omit<BenchmarkContent, 'source' | 'clips'>> {
  const columns = await LayoutColumns.read(layout.name, where, file);
  const [first, second] = [columns.require(layout.first), columns.require(layout.second)];
  const prompt = columns.require(layout.prompt);
  const dimensions = columns.some(layout.dimensions);
  const generators = layout.generators.map((names) => columns.find(names));
  const preferences: Preference[] = [];
  const blank = new Map<string, number>();
  for (let row = 0; row < columns.rows; row++) {
    const [a, b] = [first, second].map((column, side) => {
      const name = textIn(column, row);
      if (name === undefined)
        throw cellError({ where, row, column: column.name }, 'the name of a clip', column.values.at(row));
      return clips.add(name, { prompt: textIn(prompt, row), generator: textIn(generators[side], row) });
    });
    for (const [dimension, column] of dimensions) {
      const word = textIn(column, row);
      if (word === undefined) {
        blank.set(dimension, (blank.get(dimension) ?? 0) + 1);
        continue;
      }
      if (!Object.hasOwn(layout.words, word))
        throw cellError({ where, row, column: column.name }, Object.keys(layout.words).join(', '), word);
      preferences.push({ dimension, first: a, second: b, preference: layout.words[word] });
    }
  }
  const blanks = [...blank].map(
    ([dimension, count]) => `${dimension}: no preference in ${count} of ${columns.rows} rows`,
  );
  return { name: layout.name, preferences, notes: [...columns.notes, ...blanks] };
}
