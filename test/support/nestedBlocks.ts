/** Code blocks of a page as one: each sees those before it and may use their names anew. Imports are left out. */
export const nestedBlocks = (blocks: readonly string[]): string =>
  [...blocks.map((code) => `{ ${code.replaceAll(importLines, '')}`), '}'.repeat(blocks.length)].join('\n');

/** The imports of a block. */
export const importLines = /^import .*;$/gm;
