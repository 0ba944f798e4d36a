import { afterEach, describe, expect, it, vi } from 'vitest';
import { jupyterDisplay } from '../../src/base/host.js';
import { display } from '../../src/notebook/display.js';
import { insideNotebook } from '../support/fakeHost.js';

afterEach(() => {
  vi.restoreAllMocks();
});

describe('outside a notebook', () => {
  it('prints text', async () => {
    const log = vi.spyOn(console, 'log').mockImplementation(() => {});
    await display({ a: 1 });
    await display({ [jupyterDisplay]: async () => ({ 'text/html': '<b>x</b>', 'text/plain': 'x' }) });
    await display({ 'text/html': '<b>y</b>', 'text/plain': 'y' });
    expect(log.mock.calls).toEqual([['{ a: 1 }'], ['x'], ['y']]);
  });
});

describe('in a notebook', () => {
  const notebook = insideNotebook();
  it('shows the bundle that the notebook makes', async () => {
    await display('it', { displayId: 'd' });
    expect(notebook.shown).toEqual([
      { bundle: { 'text/plain': 'bundle of it' }, options: { displayId: 'd' } },
    ]);
  });
});
