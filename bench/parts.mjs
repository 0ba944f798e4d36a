// What is measured. A part is two processes, bench/ours/*.mjs and bench/peers/*.py, that are prepared once and then do its
// actions in turn.

/**
 * @typedef {object} Action
 * @property {string} name as both sides know it.
 * @property {string} title
 * @property {number} [floor] least ratio of the peer's time to ours.
 * @property {number} [tolerance] of the numbers that both give, relative to the largest.
 * @property {string} [alone] why no peer does it.
 */
/**
 * @typedef {object} Part
 * @property {string} name
 * @property {string} script name of the two programs.
 * @property {string} needs Python modules of the peer.
 * @property {object} settings
 * @property {number} rounds that count.
 * @property {boolean} [memory] whether the peak of memory is a row.
 * @property {boolean} [make] whether a process of its own makes the files.
 * @property {boolean} [onDemand] only when it is named.
 * @property {Action[]} actions
 */

const torch = 'torch transformers safetensors';
const training = { learningRate: 1e-4, clipNorm: 1, weightDecay: 0.01 };

/**
 * @param {boolean} quick tiny sizes, to see that both sides do the same.
 * @returns {Part[]}
 */
export function parts(quick) {
  /** @param {string} name @param {string} what @param {[number, number]} floors @param {object} more @param {number} rounds @returns {Part} */
  const model = (name, what, [step, forward], more, rounds) => ({
    name,
    script: 'model',
    needs: torch,
    settings: { trainable: 'all', ...training, ...more },
    rounds,
    actions: [
      { name: 'step', title: `${what}: a training step`, floor: step, tolerance: 1e-3 },
      { name: 'forward', title: `${what}: a forward pass`, floor: forward, tolerance: 1e-3 },
    ],
  });
  return [
    {
      name: 'products',
      script: 'products',
      needs: 'torch',
      settings: { size: quick ? 64 : 1024 },
      rounds: quick ? 1 : 9,
      actions: [{ name: 'product', title: 'the product of two matrices of 1024 x 1024', tolerance: 1e-5 }],
    },
    model(
      'tutorial',
      "the tutorial's model, 16 pairs",
      [1.1, 1],
      { shape: 'tutorial', trainable: 'decoder+head', pairs: quick ? 2 : 16, text: 48 },
      quick ? 2 : 15,
    ),
    model(
      '134m',
      '134 million parameters, 2 pairs of 4 frames',
      [0.95, 1],
      quick ? { shape: 'small', pairs: 1, text: 12 } : { shape: '134m', pairs: 2, text: 80 },
      quick ? 2 : 4,
    ),
    {
      ...model(
        '1b',
        'the shape of InternVL3-1B, a clip of 8 frames',
        [0, 1],
        { shape: '1b', pairs: 0.5, text: 80 },
        2,
      ),
      onDemand: true,
    },
    {
      name: 'scoring',
      script: 'scoring',
      needs: `${torch} av PIL`,
      settings: { count: quick ? 4 : 256, batchSize: quick ? 2 : 32 },
      rounds: quick ? 1 : 5,
      // Ours and PyAV's FFmpeg differ in the colours of single pixels.
      actions: [{ name: 'score', title: 'scores of 256 clips from their files', tolerance: 2e-2 }],
    },
    {
      name: 'decoding',
      script: 'decoding',
      needs: 'av PIL numpy',
      settings: { count: quick ? 2 : 16, seconds: quick ? 1 : 5 },
      rounds: quick ? 1 : 5,
      actions: [
        { name: 'decode', title: '8 frames of each of 16 clips of 720p', floor: 1.5, tolerance: 1e-2 },
      ],
    },
    {
      name: 'loading',
      script: 'loading',
      needs: 'torch safetensors',
      settings: { shape: quick ? 'small' : '2gb' },
      rounds: quick ? 1 : 5,
      make: true,
      memory: true,
      actions: [{ name: 'load', title: 'loading 2 GB of safetensors', tolerance: 1e-4 }],
    },
    {
      name: 'pairing',
      script: 'pairing',
      needs: 'pandas',
      settings: quick ? { clips: 1000, pairs: 800 } : { clips: 250_000, pairs: 250_000 },
      rounds: quick ? 1 : 5,
      actions: [{ name: 'pair', title: 'votes on 250,000 clips to 250,000 pairs', floor: 3, tolerance: 0 }],
    },
    {
      name: 'analysis',
      script: 'analysis',
      needs: 'pandas scipy sklearn',
      settings: { clips: quick ? 1000 : 1_000_000 },
      rounds: quick ? 1 : 3,
      actions: [
        { name: 'numbers', title: 'a million scores analysed', floor: 3, tolerance: 1e-9 },
        { name: 'page', title: 'the same to a page of figures', alone: 'no peer makes one' },
      ],
    },
  ];
}
