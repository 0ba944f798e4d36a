import { mime } from '../base/host.js';
import { escapeHtml } from '../base/html.js';
import { LiveDisplay } from './liveDisplay.js';
import { type Progress, progress } from './progress.js';

/** How the progress of a loop is shown. */
export interface ProgressOfOptions {
  /** What the line begins with. Default: "items". */
  label?: string;
  /** How many items there are. Default: the `length` or `size` of what is gone through; without these, items are counted. */
  total?: number;
}

/**
 * Goes through something and shows how far it is, in one output updated in place: `for (const clip of progressOf(clips))`, or
 * `for await` over what comes in time. What is given out is what is gone through, in order; it may be left early.
 * @throws TypeError for what cannot be gone through; RangeError for a total below 0
 */
export function progressOf<T>(items: Iterable<T>, options?: ProgressOfOptions): Iterable<T>;
export function progressOf<T>(items: AsyncIterable<T>, options?: ProgressOfOptions): AsyncIterable<T>;
export function progressOf<T>(
  items: Iterable<T> | AsyncIterable<T>,
  { label = 'items', total = sizeOf(items) }: ProgressOfOptions = {},
): Iterable<T> | AsyncIterable<T> {
  if (total !== undefined && !(total >= 0))
    throw new RangeError(`progressOf: "${label}": total must be 0 or more, received ${total}`);
  const start = () => (total === undefined || total === 0 ? counter(label) : progress(label, total));
  if (isAsync(items)) return whileComing(items, start);
  if (typeof (items as Iterable<T> | null)?.[Symbol.iterator] !== 'function')
    throw new TypeError(
      `progressOf: expected something to go through, such as an array, received ${typeof items}`,
    );
  return through(items, start);
}

function* through<T>(items: Iterable<T>, start: () => Progress): Iterable<T> {
  const shown = start();
  let done = 0;
  try {
    for (const item of items) {
      shown.update(done);
      yield item;
      done++;
    }
  } finally {
    shown.update(done);
    shown.finish();
  }
}

async function* whileComing<T>(items: AsyncIterable<T>, start: () => Progress): AsyncIterable<T> {
  const shown = start();
  let done = 0;
  try {
    for await (const item of items) {
      shown.update(done);
      yield item;
      done++;
    }
  } finally {
    shown.update(done);
    shown.finish();
  }
}

/** Counts what has no known end. */
function counter(label: string): Progress {
  const live = new LiveDisplay();
  const started = Date.now();
  return {
    update(done) {
      live.show(() => {
        const seconds = (Date.now() - started) / 1000;
        const rate = seconds > 0 && done > 0 ? `, ${(done / seconds).toPrecision(3)} a second` : '';
        const text = `${label} ${done}${rate}`;
        return {
          [mime.html]: `<div style="font:13px/1.5 system-ui,sans-serif">${escapeHtml(text)}</div>`,
          [mime.text]: text,
        };
      });
    },
    finish: () => live.flush(),
  };
}

const isAsync = <T>(items: Iterable<T> | AsyncIterable<T>): items is AsyncIterable<T> =>
  typeof (items as AsyncIterable<T> | null)?.[Symbol.asyncIterator] === 'function';

/** How many items there are, where it is known before they come. */
function sizeOf(items: unknown): number | undefined {
  if (typeof items !== 'object' || items === null)
    return typeof items === 'string' ? [...items].length : undefined;
  const { length, size } = items as { length?: unknown; size?: unknown };
  return [length, size].find((count): count is number => Number.isInteger(count) && (count as number) >= 0);
}
