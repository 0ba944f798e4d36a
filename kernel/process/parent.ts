/**
 * Calls back once when the program that started the kernel is gone, as Jupyter's own kernel does: nobody else would
 * end a kernel whose server was killed. Jupyter names itself in `JPY_PARENT_PID`, but not for kernels that are to
 * outlive it; and a kernel behind a wrapper is the wrapper's child, so it cannot tell and stays.
 */
export function whenOrphaned(callback: () => void): void {
  const parent = process.ppid;
  if (Number(process.env.JPY_PARENT_PID) !== parent) return;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    callback();
  }, 1000);
}
