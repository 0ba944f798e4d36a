import { afterEach, expect, it } from 'vitest';
import { type Host, host, hostKey, jupyterDisplay } from '../../src/notebook/contract.js';

const global = globalThis as { [hostKey]?: Host };
afterEach(() => {
  delete global[hostKey];
});

it('uses the registered symbols, which other copies of the package share', () => {
  expect(jupyterDisplay).toBe(Symbol.for('Jupyter.display'));
  expect(hostKey).toBe(Symbol.for('solireward.host'));
});

it('finds the host where a kernel has set one', () => {
  expect(host()).toBeUndefined();
  const fake: Host = { display: () => {}, bundle: async () => ({}) };
  global[hostKey] = fake;
  expect(host()).toBe(fake);
});
