/** Pairs as seeded, lazy streams. */

export { crossPrompt } from './crossPrompt.js';
export { inPrompt } from './inPrompt.js';
export { listed } from './listed.js';
export type { OfficialPair, OfficialPrompts } from './official.js';
export { readOfficial, writeOfficial } from './official.js';
export type { Pair, PairKind, PairStream } from './pair.js';
export type { PairingOptions } from './sides.js';
