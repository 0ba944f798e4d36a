import { setTimeout as sleep } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { hostKey } from '../../src/base/host.js';
import { plotlyReady, plotlyScript, takePlotlyScript } from '../../src/plot/plotlyScript.js';

const bundle = Buffer.from(
  `if (typeof module === 'object' || typeof define === 'function') throw new Error('caught by a loader');
window.Plotly = 'plotly </script>';`,
);

it('carries the bundle so that nothing in it ends the script element', () => {
  const html = plotlyScript(bundle);
  expect(html.match(/<\/script>/g)).toHaveLength(1);
  const packed = html.match(/atob\("([^"]+)"\)/)![1];
  expect(gunzipSync(Buffer.from(packed, 'base64'))).toEqual(bundle);
});

it('sets window.Plotly where an AMD loader is on the page, once, and tells the figures', async () => {
  const scripts: string[] = [];
  const events: string[] = [];
  const window = { Plotly: undefined as unknown, dispatchEvent: (event: Event) => events.push(event.type) };
  const run = (code: string) =>
    new Function('window', 'document', 'define', 'module', code)(window, document, () => {}, { exports: {} });
  const document = {
    createElement: () => ({ text: '' }),
    head: {
      append: (script: { text: string }) => {
        scripts.push(script.text);
        run(script.text);
      },
    },
  };
  const code = plotlyScript(bundle).replace(/<\/?script>/g, '');
  run(code);
  while (events.length === 0) await sleep(5);
  expect(window.Plotly).toBe('plotly </script>');
  expect(events).toEqual([plotlyReady]);
  run(code);
  await sleep(50);
  expect(scripts).toHaveLength(1);
});

it('is not put into a notebook whose editor draws figures, and else once', () => {
  const globals = globalThis as { [hostKey]?: unknown };
  try {
    globals[hostKey] = { drawsFigures: true };
    expect(takePlotlyScript()).toBeUndefined();
    globals[hostKey] = { drawsFigures: false };
    takePlotlyScript();
    expect(takePlotlyScript()).toBeUndefined();
  } finally {
    delete globals[hostKey];
  }
});
