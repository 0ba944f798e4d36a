import { type ColumnTable, table } from 'arquero';

/** A label row as a test writes it. */
export interface LabelRow {
  clip: string;
  pass: boolean;
  promptId?: string;
  dimension?: string;
}

/** A labels table with paths `<clip>.mp4`. */
export function labelsOf(rows: LabelRow[]): ColumnTable {
  return table({
    clip: rows.map(({ clip }) => clip),
    dimension: rows.map(({ dimension }) => dimension ?? 'physics'),
    pass: rows.map(({ pass }) => pass),
    confidence: rows.map(() => 1),
    votes: rows.map(() => 3),
    path: rows.map(({ clip }) => `${clip}.mp4`),
    promptId: rows.map(({ promptId }) => promptId),
  });
}

/** Labels of so many clips, Pass first; clip i is of prompt i mod prompts. */
export function someLabels(pass: number, fail: number, prompts = 7): ColumnTable {
  return labelsOf(
    Array.from({ length: pass + fail }, (_, i) => ({
      clip: `${i < pass ? 'pass' : 'fail'}-${i}`,
      pass: i < pass,
      promptId: `prompt-${i % prompts}`,
    })),
  );
}

/** How often each name occurs. */
export function tally(names: Iterable<string>): Map<string, number> {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}
