import type { IRenderMime } from '@jupyterlab/rendermime-interfaces';
import { Widget } from '@lumino/widgets';
import { element } from './element.js';
import { loadPlotly, type Plotly } from './plotly.js';
import { onThemeChange, themeValue } from './theme.js';

interface Title {
  text?: string;
  font?: { size?: number };
  pad?: { t?: number };
}

interface Layout {
  width?: number;
  height?: number;
  title?: Title & { subtitle?: Title };
  margin?: { t?: number };
  paper_bgcolor?: string;
  font?: object;
  hoverlabel?: object;
  modebar?: object;
}

interface FigureData {
  data: object[];
  layout?: Layout;
  config?: object;
}

/** Height of a figure that asks for none, in pixels. */
const defaultHeight = 380;

/**
 * A plotly figure. It is drawn when its place has a width, never in a hidden tab, and again when the width, the theme
 * or the figure itself changes; what the user has zoomed or hidden stays.
 */
export class FigureRenderer extends Widget implements IRenderMime.IRenderer {
  readonly #mimeType: string;
  readonly #place = element('div', { className: 'sr-Figure' });
  readonly #observer = new ResizeObserver(() => void this.#draw());
  readonly #endTheme = onThemeChange(() => void this.#draw());
  #figure: FigureData | undefined;
  #plotly: Plotly | undefined;

  constructor({ mimeType }: IRenderMime.IRendererOptions) {
    super();
    this.#mimeType = mimeType;
    this.addClass('sr-FigureRenderer');
    this.node.append(this.#place);
  }

  async renderModel(model: IRenderMime.IMimeModel): Promise<void> {
    this.#figure = model.data[this.#mimeType] as unknown as FigureData;
    this.#place.style.height = `${this.#figure.layout?.height ?? defaultHeight}px`;
    this.#observer.observe(this.node);
    this.#plotly = await loadPlotly();
    await this.#draw();
  }

  override dispose(): void {
    if (this.isDisposed) return;
    this.#observer.disconnect();
    this.#endTheme();
    this.#plotly?.purge(this.#place);
    super.dispose();
  }

  async #draw(): Promise<void> {
    const width = this.node.clientWidth;
    if (!this.#plotly || !this.#figure || this.isDisposed || width === 0) return;
    const { data, layout = {}, config } = this.#figure;
    const size = { width: layout.width ?? width, height: layout.height ?? defaultHeight };
    await this.#plotly.react(
      this.#place,
      data,
      { uirevision: 'kept', ...broken(themed(layout), size.width), ...size },
      { displaylogo: false, ...config },
    );
  }
}

/** Pixels beside a title: those before the axis, whose labels are as long as their words are. */
const besideTitle = 120;
/** Letters of a line are so wide on average, in sizes of the font. */
const letterWidth = 0.6;
const [titleSize, subtitleSize] = [17, 13];
/** Plotly puts the first of several lines higher than a single one, by the height of capitals in sizes of the font. */
const lift = 0.7;

/** A layout with a title and subtitle in lines that fit into a width: plotly breaks none. */
function broken(layout: Layout, width: number): Layout {
  const { title, margin } = layout;
  if (!title?.text) return layout;
  const inLines = ({ text = '', font }: Title, usual: number) => {
    const size = font?.size ?? usual;
    const most = Math.max(10, Math.floor((width - besideTitle) / (letterWidth * size)));
    const lines = text.includes('<') ? [text] : linesOf(text, most);
    const over = lines.length - 1;
    return { text: lines.join('<br>'), more: over * 1.3 * size, lifted: over > 0 ? lift * size : 0 };
  };
  const main = inLines(title, titleSize);
  const below = title.subtitle && inLines(title.subtitle, subtitleSize);
  const more = main.more + (below?.more ?? 0);
  return {
    ...layout,
    title: {
      ...title,
      text: main.text,
      pad: { ...title.pad, t: (title.pad?.t ?? 0) + main.lifted },
      ...(below && { subtitle: { ...title.subtitle, text: below.text } }),
    },
    ...(more > 0 && { margin: { ...margin, t: (margin?.t ?? 100) + more } }),
  };
}

/** Words in lines of at most so many letters; a longer word has a line of its own. */
function linesOf(text: string, most: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(/\s+/)) {
    const last = lines[lines.length - 1];
    if (last !== undefined && last.length + 1 + word.length <= most)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

/** A layout whose paper is transparent stands on JupyterLab's own ground: its text takes JupyterLab's colours. */
function themed(layout: Layout): Layout {
  if (layout.paper_bgcolor !== 'rgba(0,0,0,0)') return layout;
  const ink = themeValue('--jp-ui-font-color1');
  const ground = themeValue('--jp-layout-color1');
  const border = themeValue('--jp-border-color1');
  return {
    ...layout,
    font: { ...layout.font, color: ink },
    hoverlabel: { bgcolor: ground, bordercolor: border, font: { color: ink } },
    modebar: { bgcolor: 'rgba(0,0,0,0)', color: themeValue('--jp-ui-font-color3'), activecolor: ink },
  };
}
