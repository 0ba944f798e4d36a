import type { IRenderMime } from '@jupyterlab/rendermime-interfaces';
import { Widget } from '@lumino/widgets';
import { element } from './element.js';
import { loadPlotly, type Plotly } from './plotly.js';
import { onThemeChange, themeValue } from './theme.js';

interface Layout {
  width?: number;
  height?: number;
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
      { uirevision: 'kept', ...themed(layout), ...size },
      { displaylogo: false, ...config },
    );
  }
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
