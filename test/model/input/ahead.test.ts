import { describe, expect, it } from 'vitest';
import type { Clip } from '../../../src/data/clip.js';
import { ahead, readAhead } from '../../../src/model/input/ahead.js';
import type { ProcessedClips } from '../../../src/model/input/processor.js';

const prompts = { user: '' };
const groups = Array.from({ length: 8 }, (_, i): Clip[] => [{ id: `${i}`, path: `${i}.mp4` }]);

/** A processor whose readings end when they are told to. */
function manual() {
  const asked: string[] = [];
  const signals: AbortSignal[] = [];
  const ends: (() => void)[] = [];
  const processMany = (clips: readonly Clip[], _: unknown, { signal }: { signal?: AbortSignal } = {}) => {
    asked.push(clips[0].id);
    signals.push(signal as AbortSignal);
    return new Promise<ProcessedClips>((resolve, reject) => {
      ends.push(() => resolve({ inputs: [], failures: [{ clip: clips[0], reason: 'read' }] }));
      signal?.addEventListener('abort', () => reject(signal.reason));
    });
  };
  return { processor: { processMany }, asked, signals, ends };
}

describe('ahead', () => {
  it('gives the groups in their order, whichever is read first, and reads as many ahead', async () => {
    const { processor, asked, ends } = manual();
    const seen: string[] = [];
    const all = (async () => {
      for await (const { failures, waited } of ahead(processor, groups, prompts)) {
        seen.push(failures[0].clip.id);
        expect(waited).toBeGreaterThanOrEqual(0);
      }
    })();
    await Promise.resolve();
    expect(asked).toHaveLength(1 + readAhead);
    for (const end of [3, 1, 2]) ends[end]();
    await new Promise((resolve) => setImmediate(resolve));
    expect(seen).toEqual([]);
    ends[0]();
    await new Promise((resolve) => setImmediate(resolve));
    expect(seen).toEqual(['0', '1', '2', '3']);
    expect(asked).toHaveLength(8);
    for (const end of ends) end();
    await all;
    expect(seen).toEqual(groups.map(([{ id }]) => id));
  });

  it('stops what is read when the caller stops, and with its signal', async () => {
    const { processor, signals, ends } = manual();
    const stop = new AbortController();
    const reading = ahead(processor, groups, prompts, stop.signal);
    const first = reading.next();
    ends[0]();
    await first;
    await reading.return(undefined);
    expect(signals.every(({ aborted }) => aborted)).toBe(true);

    const other = manual();
    const failing = ahead(other.processor, groups, prompts, stop.signal).next();
    stop.abort(new Error('enough'));
    await expect(failing).rejects.toThrow('enough');
    expect(other.signals.every(({ aborted }) => aborted)).toBe(true);
  });
});
