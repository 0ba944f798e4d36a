import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { progress, progressLine } from '../../src/notebook/progress.js';
import { insideNotebook } from '../support/fakeHost.js';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

describe('progressLine', () => {
  it('says how far it is and how long it takes', () => {
    const line = (done: number, seconds: number, detail?: string) =>
      progressLine({ label: 'train', done, total: 600, seconds, detail });
    expect(line(0, 0)).toBe('train 0/600 0%');
    expect(line(120, 23, 'loss 0.41')).toBe('train 120/600 20% loss 0.41 eta 1:32');
    expect(line(600, 115)).toBe('train 600/600 100% in 1:55');
  });
});

describe('progress', () => {
  const notebook = insideNotebook();

  it('updates one output at most four times a second, and never leaves the last state out', () => {
    const bar = progress('train', 100);
    for (let done = 1; done <= 100; done++) {
      bar.update(done);
      vi.advanceTimersByTime(10);
    }
    bar.finish();
    expect(notebook.shown.length).toBeLessThanOrEqual(6);
    expect(notebook.shown[0].options.update).toBe(false);
    expect(new Set(notebook.shown.map(({ options }) => options.displayId)).size).toBe(1);
    expect(notebook.shown.slice(1).every(({ options }) => options.update)).toBe(true);
    expect(notebook.shown.at(-1)!.bundle['text/plain']).toContain('train 100/100 100%');
  });

  it('gives each progress its own output', () => {
    progress('a', 1).update(1);
    progress('b', 1).update(1);
    expect(notebook.shown[0].options.displayId).not.toBe(notebook.shown[1].options.displayId);
  });

  it('shows labels as text', () => {
    progress('<script>alert(1)</script>', 1).update(1, '<img>');
    expect(notebook.shown[0].bundle['text/html']).not.toMatch(/<script|<img/);
  });

  it('refuses a total that is not above 0', () => {
    expect(() => progress('train', 0)).toThrow('progress: "train": total must be above 0, received 0');
  });
});

it('prints a line every few seconds outside a notebook', () => {
  const log = vi.spyOn(console, 'log').mockImplementation(() => {});
  const bar = progress('train', 100);
  for (let done = 1; done <= 100; done++) {
    bar.update(done);
    vi.advanceTimersByTime(50);
  }
  bar.finish();
  expect(log.mock.calls.length).toBeGreaterThanOrEqual(3);
  expect(log.mock.calls.length).toBeLessThanOrEqual(5);
  expect(log.mock.calls.at(-1)![0]).toContain('train 100/100');
});
