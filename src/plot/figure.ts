import { randomUUID } from 'node:crypto';
import { type Displayable, host, jupyterDisplay, type MimeBundle, mime } from '../base/host.js';
import { plotlyReady, takePlotlyScript } from './plotlyScript.js';
import { type SvgOptions, staticSvg } from './staticSvg.js';
import { ink, type Layout, type Trace } from './traces.js';

/** Height of an interactive figure in pixels. */
const height = 380;

/** A plotly figure that shows itself: interactive where plotly can run, else as a static picture. */
export class Figure implements Displayable {
  readonly data: Trace[];
  readonly layout: Layout;
  /** The figure in words, for plain text. */
  readonly summary: string;

  constructor(data: Trace[], layout: Layout, summary: string) {
    this.data = data;
    this.layout = layout;
    this.summary = summary;
  }

  /** The figure as a static SVG. */
  toSvg(options?: SvgOptions): string {
    return staticSvg(this.data, this.layout, options);
  }

  [jupyterDisplay](): MimeBundle {
    const notebook = host();
    const script = notebook && takePlotlyScript();
    // An output of its own: a live chart replaces its output, and plotly must stay in the saved notebook.
    if (script) notebook.display({ [mime.plotlyScript]: {}, [mime.html]: script, [mime.text]: '' });
    const figure = { data: this.data, layout: plotlyLayout(this.layout) };
    return {
      [mime.plotly]: figure,
      [mime.html]: this.#html(figure),
      [mime.svg]: this.toSvg(),
      [mime.text]: this.summary,
    };
  }

  /** The static picture, and a script that puts the interactive figure in its place once plotly is there. */
  #html(figure: object): string {
    const id = `solireward-${randomUUID()}`;
    const picture = staticSvg(this.data, this.layout, { ink: 'currentColor' });
    // In a script element only "<" can end the JSON early.
    const json = JSON.stringify(figure).replaceAll('<', '\\u003c');
    return `<div id="${id}" style="max-width:760px">${picture}</div><script>
(() => {
  const draw = () => {
    const place = document.getElementById('${id}');
    if (!place) return;
    place.replaceChildren();
    place.style.height = '${height}px';
    const { data, layout } = ${json};
    window.Plotly.newPlot(place, data, layout, { responsive: true, displaylogo: false });
  };
  if (window.Plotly) draw();
  else window.addEventListener('${plotlyReady}', draw, { once: true });
})();
</script>`;
  }
}

/** A figure's layout with what plotly needs to look as the static picture does, on white and on black. */
function plotlyLayout(layout: Layout): object {
  const axis = { zeroline: false, automargin: true, gridcolor: 'rgba(127,127,127,0.2)' };
  const lowest = layout.yaxis2 ? 'y2' : 'y';
  return {
    ...layout,
    title: { ...layout.title, x: 0, xref: 'paper', font: { size: 16, weight: 600 } },
    xaxis: { ...axis, showgrid: false, ...layout.xaxis, anchor: lowest },
    yaxis: { ...axis, ...layout.yaxis },
    ...(layout.yaxis2 && { yaxis2: { ...axis, ...layout.yaxis2 } }),
    height,
    paper_bgcolor: 'rgba(0,0,0,0)',
    plot_bgcolor: 'rgba(0,0,0,0)',
    font: { color: ink, family: 'system-ui, sans-serif' },
    margin: { l: 60, r: 20, t: 70, b: 50 },
    legend: { orientation: 'h', x: 0, y: 1.02, yanchor: 'bottom' },
  };
}
