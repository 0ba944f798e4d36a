import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { videoLimits } from '../../../src/data/video/videoLimits.js';
import { watchRun } from '../../../src/data/video/watchRun.js';

const limits = { ...videoLimits };
beforeEach(() => {
  vi.useFakeTimers();
  Object.assign(videoLimits, { idleSeconds: 10, workSeconds: 100 });
});
afterEach(() => {
  vi.useRealTimers();
  Object.assign(videoLimits, limits);
});

it('fails what shows no progress', () => {
  const fail = vi.fn();
  const watch = watchRun(fail);
  vi.advanceTimersByTime(9_000);
  watch.progress();
  vi.advanceTimersByTime(9_000);
  expect(fail).not.toHaveBeenCalled();
  vi.advanceTimersByTime(3_000);
  expect(fail).toHaveBeenCalledWith(
    expect.objectContaining({ message: expect.stringContaining('no progress') }),
  );
  watch.end();
});

it('fails what takes too long whatever its progress, and nothing that has ended', () => {
  const fail = vi.fn();
  const [watch, ended] = [watchRun(fail), watchRun(() => fail('ended'))];
  ended.end();
  for (let second = 0; second < 100; second++) {
    vi.advanceTimersByTime(1_000);
    watch.progress();
  }
  expect(fail).toHaveBeenCalledOnce();
  expect(fail).toHaveBeenCalledWith(
    expect.objectContaining({ message: expect.stringContaining('workSeconds') }),
  );
  watch.end();
});
