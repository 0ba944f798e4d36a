/** Pairs as seeded, lazy streams. */

export { crossPrompt } from './crossPrompt.js';
export { inPrompt } from './inPrompt.js';
export { listed } from './listed.js';
export { readOfficial, writeOfficial } from './official.js';
export type { Pair, PairStream } from './pair.js';
