import { describe, expect, it } from 'vitest';
import { clearOutput } from '../../src/notebook/clearOutput.js';
import { insideNotebook } from '../support/fakeHost.js';

it('does nothing outside a notebook', () => {
  expect(() => clearOutput()).not.toThrow();
});

describe('in a notebook', () => {
  const notebook = insideNotebook();
  it('clears at once, or when the next output comes', () => {
    clearOutput();
    clearOutput({ wait: true });
    expect(notebook.cleared).toEqual([{ wait: false }, { wait: true }]);
  });
});
