/** What is wrong with a scorer as a whole: an answer that is none, no answer in time. */
export class ScorerError extends Error {}

/**
 * Waits for an answer so many seconds.
 * @param what is named in the error
 * @throws {ScorerError} when there is none by then; the signal's reason
 */
export async function inTime<T>(
  answer: Promise<T>,
  seconds: number,
  what: string,
  signal?: AbortSignal,
): Promise<T> {
  let end = () => {};
  const ended = new Promise<never>((_, reject) => {
    const stop = () => reject(signal?.reason);
    const timer = setTimeout(() => {
      reject(new ScorerError(`${what} has not answered for ${seconds} s; give it more by "seconds"`));
    }, seconds * 1000);
    if (signal?.aborted) stop();
    signal?.addEventListener('abort', stop, { once: true });
    end = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', stop);
    };
  });
  try {
    return await Promise.race([answer, ended]);
  } finally {
    end();
  }
}

/** @throws {RangeError} when a time limit is not a positive number that a timer can hold */
export function checkSeconds(operation: string, seconds: number): void {
  if (!(seconds > 0 && seconds * 1000 < 2 ** 31)) {
    throw new RangeError(`${operation}: expected seconds above 0 and below 2147483, received ${seconds}`);
  }
}
