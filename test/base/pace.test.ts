import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { PaceMeter, paceText } from '../../src/base/pace.js';

describe('PaceMeter', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('is 0 of nothing', () => {
    expect(new PaceMeter().pace).toEqual({ clipsPerSecond: 0, waiting: 0 });
  });

  it('counts clips a second and the share of the time that was waited', () => {
    const meter = new PaceMeter();
    vi.advanceTimersByTime(2000);
    meter.add(10, 1);
    expect(meter.pace).toEqual({ clipsPerSecond: 5, waiting: 0.5 });
    vi.advanceTimersByTime(2000);
    meter.add(30, 0);
    expect(meter.pace).toEqual({ clipsPerSecond: 10, waiting: 0.25 });
  });
});

it('paceText says it in words', () => {
  expect(paceText({ clipsPerSecond: 3.06, waiting: 0.256 })).toBe(
    '3.1 clips a second, 26% of the time waiting for them',
  );
  expect(paceText({ clipsPerSecond: 97.6, waiting: 0 })).toBe(
    '98 clips a second, 0% of the time waiting for them',
  );
});
