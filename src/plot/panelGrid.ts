import type { Look } from './theme.js';
import type { Annotation, AxisId, Layout } from './traces.js';

/** A panel of a grid: the names of its axes in traces and in the layout. */
export interface GridPanel {
  x: AxisId<'x'>;
  y: AxisId<'y'>;
  xaxis: string;
  yaxis: string;
  left: boolean;
  bottom: boolean;
}

/** Panels of equal size, with a title above each. */
export interface Grid {
  panels: GridPanel[];
  /** Of the layout: the domains of all axes. */
  axes: Record<string, { domain: [number, number]; anchor: string }>;
  annotations: Annotation[];
  height: number;
}

/**
 * A grid of panels for as many titles, row by row.
 * @param high of a panel, in heights of text
 */
export function panelGrid(
  titles: readonly string[],
  look: Look,
  { high = 10 }: { high?: number } = {},
): Grid {
  const columns = columnsFor(titles.length, look.columns);
  const rows = Math.ceil(titles.length / columns);
  const [panel, gap] = [look.text * high, look.text * 3.4];
  const inner = rows * (panel + gap);
  const wide = 1 / columns;
  const panels = titles.map((_, i): GridPanel => {
    const id = i === 0 ? '' : `${i + 1}`;
    const bottom = i + columns >= titles.length;
    return {
      x: `x${id}` as 'x',
      y: `y${id}` as 'y',
      xaxis: `xaxis${id}`,
      yaxis: `yaxis${id}`,
      left: i % columns === 0,
      bottom,
    };
  });
  const axes: Grid['axes'] = {};
  const annotations = titles.map((text, i): Annotation => {
    const [row, column] = [Math.floor(i / columns), i % columns];
    const left = column * wide + (column > 0 ? 0.02 : 0);
    const top = 1 - (row * (panel + gap) + look.text * 1.7) / inner;
    const { x, y, xaxis, yaxis } = panels[i];
    axes[xaxis] = { domain: [left, (column + 1) * wide - 0.02], anchor: y };
    axes[yaxis] = { domain: [Math.max(0, top - panel / inner), top], anchor: x };
    return {
      text,
      ...{
        x: left,
        y: top,
        xref: 'paper',
        yref: 'paper',
        showarrow: false,
        xanchor: 'left',
        yanchor: 'bottom',
      },
      font: { size: look.text },
    } as Annotation;
  });
  // The last row has no panel below it.
  return { panels, axes, annotations, height: inner + look.text * 7 };
}

/** As many columns as there may be, or one fewer where that leaves fewer places empty. */
function columnsFor(panels: number, most: number): number {
  if (panels <= most) return panels;
  const empty = (columns: number) => (columns - (panels % columns)) % columns;
  return empty(most - 1) < empty(most) && most > 2 ? most - 1 : most;
}

/** A layout with the axes of a grid: ticks at the left and at the bottom only, and in their middle what the axis shows. */
export function gridLayout(layout: Layout, { panels, axes, annotations, height }: Grid): Layout {
  const { xaxis, yaxis, ...rest } = layout;
  const made: Layout = {
    ...rest,
    xaxis,
    yaxis,
    annotations: [...(layout.annotations ?? []), ...annotations],
    height,
  };
  const middle = (those: GridPanel[]) => those[Math.floor((those.length - 1) / 2)];
  const named = {
    x: middle(panels.filter(({ bottom }) => bottom)),
    y: middle(panels.filter(({ left }) => left)),
  };
  panels.forEach((panel, i) => {
    const { title: along, ...x } = xaxis;
    const { title: up, ...y } = yaxis;
    made[panel.xaxis] = {
      ...x,
      ...axes[panel.xaxis],
      ...(i > 0 && { matches: 'x' }),
      showticklabels: panel.bottom,
      ...(panel === named.x && { title: along }),
    };
    made[panel.yaxis] = {
      ...y,
      ...axes[panel.yaxis],
      ...(i > 0 && { matches: 'y' }),
      showticklabels: panel.left,
      ...(panel === named.y && { title: up }),
    };
  });
  return made;
}
