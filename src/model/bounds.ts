/** The smallest and the largest value that a field may have. */
export type Range = readonly [least: number, most: number];

/**
 * What the numbers of a configuration may be, so that nothing is built of a damaged one. Every published model stays far
 * below: the largest have 80 layers, 64 heads, 8,192 channels, 29,568 inner ones and 151,936 tokens.
 */
export const bounds = {
  layers: [1, 1024],
  heads: [1, 1024],
  channels: [1, 65_536],
  innerChannels: [1, 2 ** 20],
  headSize: [2, 4096],
  vocabulary: [1, 2 ** 24],
  positions: [1, 2 ** 24],
  theta: [1, 1e12],
  epsilon: [1e-12, 0.1],
  /** Of what is dropped in training. */
  rate: [0, 0.99],
  imageSize: [1, 8192],
  patchSize: [1, 1024],
  frames: [1, 4096],
  tiles: [1, 256],
  framesPerSecond: [0.001, 1000],
  pixels: [1, 2 ** 32],
} as const satisfies Record<string, Range>;
