/** Measures the parts of a notebook: each call gives the seconds, to tenths, since the call before it, or since its making. */
export function stopwatch(): () => number {
  let last = performance.now();
  return () => {
    const now = performance.now();
    const seconds = Math.round((now - last) / 100) / 10;
    last = now;
    return seconds;
  };
}
