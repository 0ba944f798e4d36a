import { heightFor, type Look, looks } from './theme.js';
import { type Axis, ink, type Layout, type PlotlyTrace } from './traces.js';

/** Height of an interactive figure of the notebook, in pixels. */
const notebookHeight = 380;

/** A figure's layout with what plotly needs to look as the static picture does, on white and on black. */
export function plotlyLayout(
  layout: Layout,
  look: Look,
): { height: number; width?: number } & Record<string, unknown> {
  const axis = {
    zeroline: false,
    automargin: true,
    gridcolor: 'rgba(127,127,127,0.2)',
    tickfont: { size: look.tick },
  };
  const axes: Record<string, object> = {};
  for (const [name, value] of Object.entries(layout)) {
    if (!/^[xy]axis\d*$/.test(name)) continue;
    const lowest = name === 'xaxis' && layout.yaxis2 && layout.yaxis2.domain?.[0] === 0 && !layout.xaxis2;
    axes[name] = {
      ...axis,
      ...(name.startsWith('x') && { showgrid: false }),
      ...(value as object),
      ...named((value as Axis).title, look),
      ...(lowest && { anchor: 'y2' }),
    };
  }
  const { subtitle } = layout.title ?? {};
  const height =
    layout.height ?? (look === looks.notebook ? notebookHeight : heightFor(layout.width ?? look.width, look));
  const transparent = 'rgba(0,0,0,0)';
  const titled = layout.title?.text ? look.title * 2.6 : look.text * 1.5;
  const above = titled + (subtitle ? look.text * 1.8 : 0);
  return {
    ...layout,
    title: {
      ...layout.title,
      ...{ x: 0, xref: 'paper', y: 1, yref: 'container', yanchor: 'top', pad: { t: look.title * 0.7 } },
      font: { size: look.title * 1.07, weight: 600 },
      ...(subtitle && { subtitle: { ...subtitle, font: { size: look.text, weight: 400 } } }),
    },
    ...axes,
    height,
    ...(look !== looks.notebook && layout.width === undefined && { width: look.width }),
    paper_bgcolor: look.ground ?? transparent,
    plot_bgcolor: transparent,
    font: { color: look.ink ?? ink, family: 'system-ui, sans-serif', size: look.text },
    margin: { l: look.text * 5, r: look.text * 1.6, t: above, b: look.text * 4 },
    // Below, where it grows with the number of groups and covers no title.
    legend: {
      orientation: 'h',
      x: 0,
      y: 0,
      yref: 'container',
      yanchor: 'bottom',
      ...(layout.legend as object),
    },
    modebar: { orientation: 'v', bgcolor: transparent },
    ...(layout.hovermode === undefined && { hovermode: 'closest' }),
  };
}

/** What an axis shows, in the size of text. */
function named(title: Axis['title'], { text: size }: Look): { title?: object } {
  return title ? { title: { ...(typeof title === 'string' ? { text: title } : title), font: { size } } } : {};
}

/** Traces with lines and dots in the widths of the theme. */
export function plotlyTraces(traces: readonly PlotlyTrace[], { line: scale }: Look): object[] {
  if (scale === 1) return [...traces];
  const scaled = (style: unknown, name: 'width' | 'size'): object | undefined => {
    const value = (style as Record<string, unknown> | undefined)?.[name];
    return typeof value === 'number' ? { ...(style as object), [name]: value * scale } : undefined;
  };
  return traces.map((trace) => {
    const { line, marker } = trace as { line?: unknown; marker?: unknown };
    const [wide, large] = [scaled(line, 'width'), scaled(marker, 'size')];
    return { ...trace, ...(wide && { line: wide }), ...(large && { marker: large }) };
  });
}
