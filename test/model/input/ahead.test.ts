import { describe, expect, it } from 'vitest';
import type { Clip } from '../../../src/data/clip.js';
import { ahead, readAhead } from '../../../src/model/input/ahead.js';
import type { ProcessedClips } from '../../../src/model/input/processor.js';

const prompts = { user: '' };
const groups = Array.from({ length: 8 }, (_, i) => ({
  clips: [{ id: `${i}`, path: `${i}.mp4` }] as Clip[],
}));
const turn = () => new Promise((resolve) => setImmediate(resolve));

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
      for await (const { group, failures, waited } of ahead(processor, groups, prompts)) {
        seen.push(failures[0].clip.id);
        expect(group.clips[0].id).toBe(seen.at(-1));
        expect(waited).toBeGreaterThanOrEqual(0);
      }
    })();
    await turn();
    expect(asked).toHaveLength(1 + readAhead);
    for (const end of [3, 1, 2]) ends[end]();
    await turn();
    expect(seen).toEqual([]);
    ends[0]();
    await turn();
    expect(seen).toEqual(['0', '1', '2', '3']);
    expect(asked).toHaveLength(8);
    for (const end of ends) end();
    await all;
    expect(seen).toEqual(groups.map(({ clips: [{ id }] }) => id));
  });

  it('reads nothing for a group without clips, which has its turn', async () => {
    const { processor, asked, ends } = manual();
    const all = ahead(processor, [{ clips: [] }, groups[1]], prompts);
    expect((await all.next()).value).toMatchObject({ group: { clips: [] }, inputs: [], failures: [] });
    expect(asked).toEqual(['1']);
    ends[0]();
    expect((await all.next()).value?.group).toBe(groups[1]);
    expect((await all.next()).done).toBe(true);
  });

  it('stops what is read when the caller stops, and with its signal', async () => {
    const { processor, signals, ends } = manual();
    const stop = new AbortController();
    const reading = ahead(processor, groups, prompts, stop.signal);
    const first = reading.next();
    await turn();
    ends[0]();
    await first;
    await reading.return(undefined);
    expect(signals.every(({ aborted }) => aborted)).toBe(true);

    const other = manual();
    const failing = ahead(other.processor, groups, prompts, stop.signal).next();
    failing.catch(() => {});
    await turn();
    stop.abort(new Error('enough'));
    await expect(failing).rejects.toThrow('enough');
    expect(other.signals.every(({ aborted }) => aborted)).toBe(true);
  });
});
