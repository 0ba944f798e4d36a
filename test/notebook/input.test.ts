import { describe, expect, it } from 'vitest';
import { input } from '../../src/notebook/input.js';
import { insideNotebook } from '../support/fakeHost.js';

it('says outside a notebook how else to ask', async () => {
  await expect(input('Name?')).rejects.toThrow('input: no notebook to ask "Name?" in');
});

describe('in a notebook', () => {
  const notebook = insideNotebook();
  it('gives what the user types', async () => {
    notebook.answers = ['Ann'];
    expect(await input('Name?')).toBe('Ann');
  });
});
