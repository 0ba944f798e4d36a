import type { PaceMeter } from '../base/pace.js';
import type { Prompts } from '../model/input/prompt.js';
import type { RewardModel } from '../model/rewardModel.js';
import type { Item } from './items.js';
import type { Outcome } from './outcomes.js';
import { requestOf, type Span, scoreRequests, spansOf } from './requests.js';

/** How items are scored. */
export interface InOrderOptions {
  prompts: Prompts;
  batchSize: number;
  /** Measures the pace of the clips. */
  meter: PaceMeter;
}

/**
 * Scores items and gives out, after each batch, those whose turn has come, with their outcomes: in the items' order, each
 * once; it may be none.
 */
export async function* scoreInOrder(
  model: RewardModel,
  items: AsyncIterable<Item>,
  { prompts, batchSize, meter }: InOrderOptions,
): AsyncGenerator<[Item, Outcome][]> {
  /** Spans that are not given out to their ends, in their order, and how many items of the first one are. */
  const waiting: Span[] = [];
  let next = 0;
  async function* spans() {
    for await (const span of spansOf(items)) {
      waiting.push(span);
      yield span;
    }
  }
  for await (const _ of scoreRequests(model, prompts, spans(), batchSize, meter)) {
    const ready: [Item, Outcome][] = [];
    for (; waiting.length > 0; waiting.shift(), next = 0) {
      const [{ items, found }] = waiting;
      for (; next < items.length; next++) {
        const item = items[next];
        const outcome = item.fault === undefined ? found.get(requestOf(item)) : { error: item.fault };
        if (!outcome) break;
        ready.push([item, outcome]);
      }
      if (next < items.length) break;
    }
    yield ready;
  }
}
