/** Losses on the rewards of pairs. */

export type { BceOptions } from './bce.js';
export { bce } from './bce.js';
export type { BtOptions, SmoothedMargin } from './bt.js';
export { bt } from './bt.js';
export { btWt } from './btWt.js';
export type { CombinedOptions } from './combined.js';
export { combined } from './combined.js';
export type { Averaging, Loss, LossValue, PairLabels } from './loss.js';
export type { WinTieOptions } from './winTie.js';
export { winTie } from './winTie.js';
