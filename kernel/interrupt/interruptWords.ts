/** What the main thread and the control thread both see, as indices into one shared array. */
export const shared = {
  /** Twice the number of the running cell; plus 1 from the interrupt until it is noticed; 0 between cells. */
  cell: 0,
  /** How many interrupts the main thread's event loop has received. */
  received: 1,
  /** 1 while the kernel itself computes, loads its compiler or compiles; then nothing may be terminated. */
  busy: 2,
  /** 1 when the running cell has asked for its AbortSignal: it ends by itself, in its own time. */
  heeds: 3,
} as const;

/** Name on `globalThis` of what the control thread calls in the main thread, see `interruption.ts`. */
export const terminateKey = 'solireward.terminate';
