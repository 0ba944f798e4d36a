/**
 * The file that JupyterLab loads: a container of webpack's module federation, written by hand, since all that it has
 * to do is to take what it needs of JupyterLab's own packages and to hand out one module.
 */

// Now, while the page knows which script it runs.
import './staticUrl.js';

/** Package -> version -> how it is loaded: what JupyterLab shares. */
type ShareScope = Record<string, Record<string, { get(): Promise<() => unknown> }>>;

interface Page {
  _JUPYTERLAB?: Record<string, unknown>;
  /** The package that the build leaves out of the bundle and takes from here. */
  solirewardLumino?: unknown;
}

const page = globalThis as Page;
let scope: ShareScope = {};

const container = {
  async init(shareScope: ShareScope) {
    scope = shareScope;
  },
  async get() {
    const [shared] = Object.values(scope['@lumino/widgets'] ?? {});
    if (!shared) throw new Error('solireward: this page shares no @lumino/widgets; JupyterLab 4 is needed');
    page.solirewardLumino = (await shared.get())();
    const { default: extension } = await import('./extension.js');
    return () => extension;
  },
};

page._JUPYTERLAB ??= {};
page._JUPYTERLAB.solireward = container;
