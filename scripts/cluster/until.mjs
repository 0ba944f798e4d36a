/**
 * Waits until something is so, for ten minutes at most: a busy machine is slow.
 * @param {string} what
 * @param {() => unknown} isSo a value or a promise of one; an error counts as no.
 * @param {() => void} [check] called beside it; what it throws ends the wait.
 */
export async function until(what, isSo, check = () => {}) {
  const end = Date.now() + 600_000;
  /** @type {unknown} */
  let last;
  while (Date.now() < end) {
    check();
    try {
      if (await isSo()) return;
    } catch (error) {
      last = error;
    }
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
  throw new Error(`${what} does not come: ${last instanceof Error ? last.message : 'ten minutes are over'}`);
}
