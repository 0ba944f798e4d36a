import type { IRenderMime } from '@jupyterlab/rendermime-interfaces';
import { Widget } from '@lumino/widgets';

/** Shows nothing, in place of an output that only serves front ends without this extension. */
export class NothingRenderer extends Widget implements IRenderMime.IRenderer {
  constructor(_options: IRenderMime.IRendererOptions) {
    super();
  }

  async renderModel(): Promise<void> {
    this.hide();
  }
}
