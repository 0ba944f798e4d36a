import { randomUUID } from 'node:crypto';
import { from } from 'arquero';
import { type Displayable, host, jupyterDisplay, type MimeBundle, mime } from '../base/host.js';
import { escapeHtml } from '../base/html.js';
import type { TableOf } from '../data/tables/tableOf.js';
import { toPixels } from './length.js';
import type { FigureOptions } from './options.js';
import { plotlyLayout, plotlyTraces } from './plotlyLook.js';
import { plotlyPageScript, plotlyReady, takePlotlyScript } from './plotlyScript.js';
import { type SaveOptions, saveFigure } from './save.js';
import { type SvgOptions, staticSvg } from './staticSvg.js';
import { type Look, looks } from './theme.js';
import type { Layout, PlotlyTrace, Trace } from './traces.js';

/** What a figure is made of. */
export interface FigureParts<Row extends object> {
  /** The name of the function that made it, for its errors. */
  operation: string;
  traces: readonly (Trace | PlotlyTrace)[];
  layout: Layout;
  /** The figure in words. */
  summary: string;
  /** What is left out, in words: below the title where no subtitle is given, and at the end of the summary. */
  note?: string;
  /** What is drawn, as the rows of a table; made when it is asked for. */
  rows: () => Row[];
}

/**
 * A plotly figure that shows itself: interactive where plotly can run, else as a static picture. It can be changed, saved, and
 * read as a table.
 */
export class Figure<Row extends object = object> implements Displayable {
  /** The traces as plotly takes them. */
  readonly traces: readonly (Trace | PlotlyTrace)[];
  /** The layout as plotly takes it. */
  readonly layout: Layout;
  /** The figure in words, for plain text. */
  readonly summary: string;
  readonly #parts: FigureParts<Row>;
  readonly #options: FigureOptions;

  /** A figure of its parts; the functions of this room make them. @throws {RangeError} for an option that is not as it should be */
  constructor(parts: FigureParts<Row>, options: FigureOptions = {}) {
    const { title, width, height } = options;
    this.traces = parts.traces;
    this.summary = joined(parts.summary, parts.note);
    this.#parts = parts;
    this.#options = options;
    const isPaper = options.theme === 'paper';
    const own = isPaper ? '' : parts.layout.title.text;
    const note = isPaper ? undefined : parts.note;
    const subtitle = options.subtitle ?? joined(parts.layout.title.subtitle?.text, note);
    this.layout = {
      ...parts.layout,
      title: { ...parts.layout.title, text: title ?? own, ...(subtitle && { subtitle: { text: subtitle } }) },
      ...(width !== undefined && { width: toPixels(parts.operation, 'width', width) }),
      ...(height !== undefined && { height: toPixels(parts.operation, 'height', height) }),
    };
  }

  /** What is drawn, as a table. */
  get data(): TableOf<Row> {
    return from(this.#parts.rows()) as TableOf<Row>;
  }

  /**
   * The same figure with another layout, in plotly's terms.
   * @param change is given a copy of the layout, and changes it or returns another
   * @throws {TypeError} for what is not a function
   */
  update(change: (layout: Layout) => Layout): Figure<Row>;
  update(change: (layout: Layout) => void): Figure<Row>;
  update(change: (layout: Layout) => unknown): Figure<Row> {
    if (typeof change !== 'function') {
      throw new TypeError(
        `update: expected a function of the layout, such as (layout) => { layout.yaxis.range = [0, 1]; }; received ${String(change)}`,
      );
    }
    const copy = structuredClone(this.layout);
    const returned = change(copy);
    // What an assignment returns is not a layout.
    const whole =
      typeof returned === 'object' && returned !== null && 'xaxis' in returned && 'yaxis' in returned;
    const layout = whole ? (returned as Layout) : copy;
    const title =
      typeof layout.title === 'string' ? { text: layout.title as string } : (layout.title ?? { text: '' });
    const { theme } = this.#options;
    // What is left out is in the layout and the summary by now.
    const parts = { ...this.#parts, summary: this.summary, note: undefined };
    return new Figure<Row>({ ...parts, layout: { ...layout, title } }, { theme, title: title.text });
  }

  /**
   * Writes the figure to a file, by its name: PDF and SVG with text as text, PNG, HTML that works offline, or CSV of what is
   * drawn. The file is there as a whole or not at all.
   * @param options `width` and `height`, such as '85mm'; `dpi` of a PNG, 300; `font`, a TTF or OTF file
   * @returns the file
   * @throws {RangeError} for another ending, or a size that is not a length; {Error} for letters that the font lacks, and of the
   *   file system
   */
  async save(file: string, options: SaveOptions = {}): Promise<string> {
    const { layout } = this;
    const html = () => this.#page();
    return saveFigure(
      file,
      { traces: this.traces, layout, look: this.#look, rows: this.#parts.rows, html },
      options,
    );
  }

  /** The figure as a static SVG. */
  toSvg(options: SvgOptions = {}): string {
    const { ink, ground } = this.#look;
    return staticSvg(this.traces, this.layout, {
      look: this.#look,
      ...(ink && { ink }),
      ...(ground && { ground }),
      ...options,
    });
  }

  [jupyterDisplay](): MimeBundle {
    const notebook = host();
    const script = notebook && takePlotlyScript();
    // An output of its own: a live chart replaces its output, and plotly must stay in the saved notebook.
    if (script) notebook.display({ [mime.plotlyScript]: {}, [mime.html]: script, [mime.text]: '' });
    return {
      [mime.plotly]: this.#plotly(),
      [mime.html]: this.#html(),
      [mime.svg]: this.toSvg(),
      [mime.text]: this.summary,
    };
  }

  get #look(): Look {
    return looks[this.#options.theme ?? 'notebook'];
  }

  #plotly(): { data: object[]; layout: { height: number; width?: number } } {
    return { data: plotlyTraces(this.traces, this.#look), layout: plotlyLayout(this.layout, this.#look) };
  }

  /** The static picture, and a script that puts the interactive figure in its place once plotly is there. */
  #html(): string {
    const id = `solireward-${randomUUID()}`;
    const figure = this.#plotly();
    const { ink = 'currentColor' } = this.#look;
    const picture = this.toSvg({ ink });
    // In a script element only "<" can end the JSON early.
    const json = JSON.stringify(figure).replaceAll('<', '\\u003c');
    return `<div id="${id}" style="max-width:${figure.layout.width ?? Math.max(760, this.#look.width)}px">${picture}</div><script>
(() => {
  const draw = () => {
    const place = document.getElementById('${id}');
    if (!place) return;
    place.replaceChildren();
    place.style.height = '${figure.layout.height}px';
    const { data, layout } = ${json};
    // Plotly breaks no lines: a title that is longer than its place is wide is broken here.
    const letters = Math.max(10, Math.floor((place.clientWidth - 80) / (0.58 * layout.title.font.size)));
    const lines = layout.title.text.match(new RegExp('.{1,' + letters + '}(?=\\\\s|$)|\\\\S+', 'g')) ?? [];
    layout.title.text = lines.map((line) => line.trim()).join('<br>');
    if (lines.length > 1) {
      layout.margin.t += (lines.length - 1) * 1.3 * layout.title.font.size;
      // Plotly puts the first of several lines higher than a single one, by the height of its capitals.
      layout.title.pad.t += 0.7 * layout.title.font.size;
    }
    window.Plotly.newPlot(place, data, layout, { responsive: true, displaylogo: false });
  };
  if (window.Plotly) draw();
  else window.addEventListener('${plotlyReady}', draw, { once: true });
})();
</script>`;
  }

  /** The figure as a page of its own. */
  #page(): string {
    const { ground } = this.#look;
    const script = plotlyPageScript() ?? '';
    return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(this.layout.title.text || this.#parts.operation)}</title>
<style>:root { color-scheme: light${ground ? '' : ' dark'}; }</style>
</head>
<body>${this.#html()}${script}</body>
</html>
`;
  }
}

const joined = (...words: readonly (string | undefined)[]): string => words.filter(Boolean).join('; ');
