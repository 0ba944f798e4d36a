/** Losses on the rewards of pairs. */

export { bce } from './bce.js';
export { bt } from './bt.js';
export { btWt } from './btWt.js';
export { combined } from './combined.js';
export type { Loss } from './loss.js';
export { winTie } from './winTie.js';
