import { rowsOfGroups } from '../analysis/groups.js';
import { coloursOf, palette } from './colours.js';
import type { PlotOptions } from './options.js';
import { thin } from './thin.js';
import type { ScatterTrace } from './traces.js';

/** A curve of labelled scores, and what the legend says of it. */
export interface LabelledCurve {
  x: readonly number[];
  y: readonly number[];
  words: string;
}

/** Scores and labels, and the group of each where they are drawn by group. */
interface Given {
  scores: readonly number[];
  labels: readonly boolean[];
  groups: readonly unknown[] | undefined;
}

/**
 * A curve of all labelled scores, or one of each group that has Pass and Fail.
 * @throws {RangeError} where no group has both
 */
export function labelledCurves(
  operation: string,
  { scores, labels, groups }: Given,
  curve: (scores: readonly number[], labels: readonly boolean[]) => LabelledCurve,
  { colours, labels: words }: Pick<PlotOptions, 'colours' | 'labels'>,
): { traces: ScatterTrace[]; drawn: (LabelledCurve & { group: string })[] } {
  if (!groups) {
    const drawn = thinned(curve(scores, labels));
    const color = colours ? coloursOf(operation, ['scores'], colours)[0] : palette[0];
    return { traces: [traceOf('scores', drawn, color)], drawn: [{ group: 'scores', ...drawn }] };
  }
  const drawn = [...rowsOfGroups(groups.map(String))].flatMap(([group, rows]) => {
    const own = rows.map((row) => labels[row]);
    if (own.every((label) => label === own[0])) return [];
    return [
      {
        group,
        ...thinned(
          curve(
            rows.map((row) => scores[row]),
            own,
          ),
        ),
      },
    ];
  });
  if (drawn.length === 0)
    throw new RangeError(
      `${operation}: by: expected a group with Pass and Fail, received groups with one of the two only`,
    );
  drawn.sort((a, b) => a.group.localeCompare(b.group, 'en', { numeric: true }));
  const colors = coloursOf(
    operation,
    drawn.map(({ group }) => group),
    colours,
  );
  const traces = drawn.map((one, i) =>
    traceOf(`${words?.groups?.[one.group] ?? one.group}: ${one.words}`, one, colors[i]),
  );
  return { traces, drawn };
}

function thinned({ x, y, words }: LabelledCurve): LabelledCurve {
  const kept = thin(x.length);
  return { x: kept.map((i) => x[i]), y: kept.map((i) => y[i]), words };
}

const traceOf = (name: string, { x, y }: LabelledCurve, color: string): ScatterTrace => ({
  type: 'scatter',
  mode: 'lines',
  name,
  x: [...x],
  y: [...y],
  line: { color, width: 2 },
});
