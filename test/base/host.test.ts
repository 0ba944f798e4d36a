import { expect, it } from 'vitest';
import { type Host, host, hostKey, jupyterDisplay } from '../../src/base/host.js';
import { insideNotebook } from '../support/fakeHost.js';

const notebook = insideNotebook();

it('uses the registered symbols, which other copies of the package share', () => {
  expect(jupyterDisplay).toBe(Symbol.for('Jupyter.display'));
  expect(hostKey).toBe(Symbol.for('solireward.host'));
});

it('finds the host where a kernel has set one', () => {
  expect(host()).toBe(notebook);
  delete (globalThis as { [hostKey]?: Host })[hostKey];
  expect(host()).toBeUndefined();
});
