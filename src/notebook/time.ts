/**
 * Runs something and prints how long it took: `const scores = await time(() => sr.score.clips(model, test))`.
 * A promise is waited for.
 * @returns what `work` gives
 * @throws what `work` throws, after the time has been printed
 */
export function time<T>(work: () => T): T {
  if (typeof work !== 'function')
    throw new TypeError(`time: expected a function, as in time(() => work()), received ${typeof work}`);
  const started = performance.now();
  const print = (word: string) => console.log(`${word} ${duration(performance.now() - started)}`);
  const fail = (error: unknown): never => {
    print('failed after');
    throw error;
  };
  const succeed = <R>(value: R): R => {
    print('took');
    return value;
  };
  let value: T;
  try {
    value = work();
  } catch (error) {
    return fail(error);
  }
  return value instanceof Promise ? (value.then(succeed, fail) as T) : succeed(value);
}

/** A time in the unit that suits it. */
function duration(milliseconds: number): string {
  if (milliseconds < 1) return `${(1000 * milliseconds).toPrecision(3)} µs`;
  if (milliseconds < 1000) return `${milliseconds.toPrecision(3)} ms`;
  if (milliseconds < 60_000) return `${(milliseconds / 1000).toPrecision(3)} s`;
  const seconds = Math.round(milliseconds / 1000);
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}
