import { cellError } from './cellError.js';
import type { Column } from './column.js';
import { type ColumnFile, rowCount } from './columnFile.js';
import { type GivenRoles, guessRoles } from './columnRoles.js';
import { isMissing, kindsOf, namesOf, numberOf, plain, textOf } from './vocabulary.js';

/**
 * A file of people's ratings, a row for each annotator, as one of scores: the mean rating of each clip, in each dimension. Any other
 * file, and one that has scores beside the ratings, is left as it is.
 * @throws {Error} that names the row of a rating that is not a number
 */
export function meanRatings(file: ColumnFile, given: GivenRoles, where: string): ColumnFile {
  const { columns, notes } = file;
  const called = (names: readonly string[]) =>
    [...columns.keys()].find((column) => names.includes(plain(column)));
  const [annotator, rating, dimension] = [
    called(namesOf('annotator')),
    called(namesOf('rating')),
    called(['dimension']),
  ];
  const isGiven = given.score !== undefined || given.metric !== undefined || given.rating !== undefined;
  if (isGiven || annotator === undefined || rating === undefined || called(namesOf('score'))) return file;
  const values = columns.get(rating)!;
  const { present, numbers } = kindsOf(values);
  if (numbers <= present / 2) return file;

  const { id } = guessRoles(columns, { ...given, score: [rating] }, where);
  const keys = [...id, ...(dimension === undefined ? [] : [dimension])].map((name) => columns.get(name)!);
  const places = new Map<string, number>();
  const first: number[] = [];
  const sums: number[] = [];
  const counts: number[] = [];
  for (let row = 0; row < rowCount(columns); row++) {
    const number = numberOf(values.at(row));
    if (number === undefined)
      throw cellError({ where, row, column: rating }, 'a finite number', values.at(row));
    // Without a name each row is a clip of its own.
    const key = id.length === 0 ? String(row) : JSON.stringify(keys.map((column) => textOf(column.at(row))));
    const place = places.get(key) ?? first.push(row) - 1;
    places.set(key, place);
    sums[place] = (sums[place] ?? 0) + (Number.isNaN(number) ? 0 : number);
    counts[place] = (counts[place] ?? 0) + Number(!Number.isNaN(number));
  }
  const people = new Set(
    Array.from(columns.get(annotator)!)
      .filter((value) => !isMissing(value))
      .map(textOf),
  ).size;
  const kept = [...columns].filter(([name]) => name !== annotator && name !== rating && name !== dimension);
  return {
    columns: new Map<string, Column>([
      ...kept.map(([name, column]) => [name, first.map((row) => column.at(row))] as const),
      ...(dimension === undefined
        ? []
        : [['metric', first.map((row) => columns.get(dimension)!.at(row))] as const]),
      ['score', sums.map((sum, place) => sum / counts[place])],
    ]),
    notes: [...notes, `scores are mean ratings (${rating}) of ${people} annotators`],
  };
}
