import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { ClipInput } from '../../src/model/input/batch.js';
import { attentionBytes, rewardsOf } from '../../src/model/rewards.js';

const input = (tokens: number) => ({ inputIds: { length: tokens } }) as unknown as ClipInput;
const rewards = vi.fn<(inputs: readonly ClipInput[]) => Promise<number[]>>();
const model = { config: { llm: { heads: 3 } }, rewards };
beforeEach(() => {
  rewards.mockReset();
  rewards.mockImplementation(async (inputs) => inputs.map(({ inputIds }) => inputIds.length));
});

describe('rewardsOf', () => {
  it('computes what fits at once', async () => {
    expect(await rewardsOf(model, [input(5), input(7)])).toEqual([5, 7]);
    expect(rewards).toHaveBeenCalledTimes(1);
  });

  it('never computes what is larger than the memory, and the rest in halves', async () => {
    const [first, long, ...rest] = await rewardsOf(model, [
      input(5),
      input(1e7),
      input(6),
      input(7),
      input(8),
    ]);
    expect([first, ...rest]).toEqual([5, 6, 7, 8]);
    expect((long as Error).message).toMatch(/^its 10000000 tokens take .* GiB of memory, and .* are free/);
    expect(rewards.mock.calls.flat(2)).not.toContainEqual(input(1e7));
  });

  it('fails the item alone whose memory the engine refuses', async () => {
    rewards.mockImplementation(async (inputs) => {
      if (inputs.some(({ inputIds }) => inputIds.length === 7)) {
        throw new Error('OOM when allocating tensor with shape[1024,1024,1024] and type float');
      }
      return inputs.map(() => 1);
    });
    const [, , failed, last] = await rewardsOf(model, [input(5), input(6), input(7), input(8)]);
    expect((failed as Error).message).toMatch(/asked for 4\.0 GiB, which is not free/);
    expect(last).toBe(1);
  });

  it('throws what is no matter of memory', async () => {
    rewards.mockRejectedValue(new Error('the device is lost'));
    await expect(rewardsOf(model, [input(5), input(6)])).rejects.toThrow('the device is lost');
    expect(rewards).toHaveBeenCalledTimes(1);
  });
});

it('attentionBytes are of scores, masked scores and shares of each head, and of the mask', () => {
  expect(attentionBytes({ heads: 3 }, [input(10), input(100)])).toBe(3 * 4 * 2 * (3 + 1) * 100 ** 2);
});
