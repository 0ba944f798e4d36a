import { afterEach, beforeEach, expect, it, type MockInstance, vi } from 'vitest';
import { time } from '../../src/notebook/time.js';

let log: MockInstance;
beforeEach(() => {
  log = vi.spyOn(console, 'log').mockImplementation(() => {});
});
afterEach(() => vi.restoreAllMocks());

it('gives what the work gives, and prints the time', () => {
  const value: number = time(() => 42);
  expect(value).toBe(42);
  expect(log.mock.calls).toEqual([[expect.stringMatching(/^took [\d.]+ (µs|ms|s)$/)]]);
});

it('waits for a promise', async () => {
  const value: Promise<string> = time(async () => {
    await new Promise((resolve) => setTimeout(resolve, 5));
    return 'done';
  });
  expect(log).not.toHaveBeenCalled();
  expect(await value).toBe('done');
  expect(log.mock.calls).toEqual([[expect.stringMatching(/^took /)]]);
});

it('prints the time of what fails, too', async () => {
  const fail = () => {
    throw new Error('no');
  };
  expect(() => time(fail)).toThrow('no');
  await expect(time(async () => fail())).rejects.toThrow('no');
  expect(log.mock.calls).toEqual(Array(2).fill([expect.stringMatching(/^failed after /)]));
});

it.each([
  [0.0123, '12.3 µs'],
  [1.5, '1.50 ms'],
  [1234, '1.23 s'],
  [125_400, '2 min 5 s'],
])('writes %d milliseconds as %s', (milliseconds, text) => {
  const clock = vi.spyOn(performance, 'now').mockReturnValueOnce(0).mockReturnValueOnce(milliseconds);
  time(() => {});
  clock.mockRestore();
  expect(log.mock.calls).toEqual([[`took ${text}`]]);
});

it('refuses what is not a function', () => {
  expect(() => time(5 as never)).toThrow(
    'time: expected a function, as in time(() => work()), received number',
  );
});
