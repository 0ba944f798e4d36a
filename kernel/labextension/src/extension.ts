import type { IRenderMime } from '@jupyterlab/rendermime-interfaces';
import { mime } from '../../../src/base/host.js';
import { AnnotatorRenderer } from './annotator.js';
import { element } from './element.js';
import { FigureRenderer } from './figure.js';
import { GalleryRenderer } from './gallery.js';
import { NothingRenderer } from './nothing.js';
import { PlayerRenderer } from './player.js';
import { staticUrl } from './staticUrl.js';

for (const sheet of ['style.css', 'annotator.css', 'gallery.css']) {
  document.head.append(element('link', { rel: 'stylesheet', href: staticUrl(sheet) }));
}

type RendererClass = new (options: IRenderMime.IRendererOptions) => IRenderMime.IRenderer;

/** A renderer of one MIME type, preferred to all others. It shows data as text only, so it is safe anywhere. */
const renderer = (mimeType: string, Renderer: RendererClass): IRenderMime.IExtension => ({
  id: `solireward:${mimeType}`,
  rank: 0,
  dataType: 'json',
  rendererFactory: {
    safe: true,
    mimeTypes: [mimeType],
    createRenderer: (options) => new Renderer(options),
  },
});

/** What JupyterLab takes from this extension. */
export default [
  renderer(mime.plotly, FigureRenderer),
  renderer(mime.plotlyScript, NothingRenderer),
  renderer(mime.player, PlayerRenderer),
  renderer(mime.gallery, GalleryRenderer),
  renderer(mime.annotator, AnnotatorRenderer),
];
