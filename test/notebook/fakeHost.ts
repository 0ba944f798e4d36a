import { afterEach, beforeEach } from 'vitest';
import { type DisplayOptions, type Host, hostKey, type MimeBundle } from '../../src/notebook/contract.js';

/** A notebook that keeps what is shown in it. */
export interface FakeHost extends Host {
  shown: { bundle: MimeBundle; options: DisplayOptions }[];
}

/** Puts a notebook around each test of the calling file. */
export function insideNotebook(): FakeHost {
  const notebook: FakeHost = {
    shown: [],
    display: (bundle, options = {}) => notebook.shown.push({ bundle, options }),
    bundle: async (value) => ({ 'text/plain': `bundle of ${value}` }),
  };
  beforeEach(() => {
    notebook.shown = [];
    (globalThis as { [hostKey]?: Host })[hostKey] = notebook;
  });
  afterEach(() => {
    delete (globalThis as { [hostKey]?: Host })[hostKey];
  });
  return notebook;
}
