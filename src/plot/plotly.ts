import { Figure } from './figure.js';
import { checkOptions, type FigureOptions } from './options.js';
import type { Layout, PlotlyTrace } from './traces.js';

/** A value of a trace of plotly at its place. */
export interface PlotlyRow {
  trace: string;
  x: unknown;
  y: unknown;
}

/**
 * Any figure of plotly: of every kind that plotly.js draws, interactive where it runs. The static picture and saved files draw
 * points, lines, areas and bars of it, and say in place what they cannot draw.
 * @param figure `data`, the traces; `layout`. See plotly.com/javascript/reference
 * @param options those of every figure
 * @throws {RangeError} for data that are not a list of traces, or hold what JSON cannot
 */
export function plotly(
  figure: { data: readonly object[]; layout?: object },
  options: FigureOptions = {},
): Figure<PlotlyRow> {
  checkOptions('plotly', options);
  const given = plain(figure) as { data?: unknown; layout?: unknown } | null;
  const { data, layout = {} } = given ?? {};
  if (
    !Array.isArray(data) ||
    data.some((trace) => typeof trace !== 'object' || trace === null || Array.isArray(trace))
  ) {
    throw new RangeError(
      `plotly: data: expected a list of traces, such as [{ type: 'scatter', x: [1, 2], y: [3, 4] }]; received ${shown(data)}`,
    );
  }
  if (typeof layout !== 'object' || layout === null || Array.isArray(layout))
    throw new RangeError(
      `plotly: layout: expected an object, such as { title: 'Mine' }; received ${shown(layout)}`,
    );
  const { title, xaxis = {}, yaxis = {}, ...rest } = layout as Partial<Layout>;
  const words = typeof title === 'string' ? { text: title } : { ...title, text: title?.text ?? '' };
  const traces = data as (PlotlyTrace & { x?: unknown; y?: unknown })[];
  const kinds = [...new Set(traces.map(({ type = 'scatter' }) => type))].join(', ');
  return new Figure(
    {
      operation: 'plotly',
      traces,
      layout: { ...rest, title: words, xaxis, yaxis },
      summary:
        options.title ||
        words.text ||
        `Plotly: ${traces.length === 1 ? '1 trace' : `${traces.length} traces`} (${kinds})`,
      rows: () =>
        traces.flatMap(({ name, x, y }, i): PlotlyRow[] => {
          const [across, up] = [x, y].map((values) => (Array.isArray(values) ? values : []));
          return Array.from({ length: Math.max(across.length, up.length) }, (_, row) => ({
            trace: name ?? `trace ${i}`,
            x: across[row] ?? null,
            y: up[row] ?? null,
          }));
        }),
    },
    options,
  );
}

/** The same in what JSON has: typed arrays as lists, whole numbers of any length as numbers. */
function plain(figure: unknown): unknown {
  try {
    return JSON.parse(
      JSON.stringify(figure ?? null, (_, value) => {
        if (typeof value === 'bigint') return Number(value);
        return ArrayBuffer.isView(value) && !(value instanceof DataView) ? Array.from(value as never) : value;
      }),
    );
  } catch (error) {
    const reason = error instanceof Error ? error.message.split('\n')[0] : String(error);
    throw new RangeError(`plotly: expected data and layout as JSON has them; ${reason}`);
  }
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? 'none';
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}
