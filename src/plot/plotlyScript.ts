import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { host } from '../base/host.js';

/** Name of the browser event that says that plotly is there. */
export const plotlyReady = 'solireward-plotly-ready';

// The build puts the minified bundle beside the compiled sources: dist/plotly.min.js, dist/src/plot/.
const bundleFile = new URL('../../plotly.min.js', import.meta.url);

let taken = false;

/**
 * HTML that puts plotly on the page, without the network; undefined if it was taken before (a page needs it once),
 * if the notebook is open in an editor, which draws figures itself, or if the bundle is not built: 2 MB would be in each
 * saved notebook. It is sent compressed: Jupyter drops a message of more than about 3 MB.
 */
export function takePlotlyScript(): string | undefined {
  if (taken || host()?.drawsFigures) return undefined;
  taken = true;
  return plotlyPageScript();
}

/** The same for a page of its own, which needs it in any case; undefined where the bundle is not built. */
export function plotlyPageScript(): string | undefined {
  try {
    return plotlyScript(readFileSync(bundleFile));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** The script element of a bundle. An AMD loader on the page (nbconvert has one) must not catch the bundle. */
export function plotlyScript(bundle: Uint8Array): string {
  const packed = gzipSync(bundle, { level: 9 }).toString('base64');
  return `<script>
(async () => {
  if (window.Plotly) return;
  const packed = Uint8Array.from(atob("${packed}"), (character) => character.charCodeAt(0));
  const unpacked = new Blob([packed]).stream().pipeThrough(new DecompressionStream('gzip'));
  const script = document.createElement('script');
  script.text = '(function (define, module, exports) {' + (await new Response(unpacked).text()) + '\\n}).call(window)';
  document.head.append(script);
  window.dispatchEvent(new Event(${JSON.stringify(plotlyReady)}));
})();
</script>`;
}
