/**
 * @typedef {object} Part
 * @property {string} name
 * @property {string} title
 * @property {string} script in this folder.
 * @property {object} settings
 * @property {number} limit seconds.
 * @property {number} needs seconds that have to be left for it to begin.
 */

/** What `--quick` compares. */
const few = ['losses.json', 'heads', 'checkpoints/internvl3-tiny'];

/**
 * What is measured, the most important first. A part is a process of its own, with its own time limit.
 * @param {{ engine: string, precisions: string[], quick: boolean, golden: string }} options precisions of the engine.
 * @returns {Part[]}
 */
export function plan({ engine, precisions, quick, golden }) {
  const gpu = engine === 'cuda';
  const small = quick ? { small: true, depth: 2, frames: 2 } : {};
  const [fast, other] = gpu ? ['xla', 'graph'] : ['graph', 'eager'];
  /** @param {object} more */
  const shape = (more) => ({ engine, precision: precisions.at(-1), compiler: fast, ...small, ...more });
  /** @type {(name: string, title: string, script: string, settings: object, limit: number, needs: number) => Part} */
  const part = (name, title, script, settings, limit, needs) => ({
    name,
    title,
    script,
    settings,
    limit,
    needs,
  });
  const counts = quick ? { forwards: 2, steps: 2 } : {};
  /** @param {number} pairs @param {string[]} names */
  const peer = (pairs, names) => ({ pairs, names, ...small, ...counts });
  const halves = ['autocast', 'bfloat16'];

  return [
    part('step', '1 pair', 'step.mjs', shape(counts), 270, 60),
    part('peer', 'PyTorch, 1 pair', 'peer.py', peer(1, halves), 75, 20),
    part('recipe', "Notebook 07's recipe", 'recipe.mjs', recipe(), 220, 40),
    ...ofPairs(2),
    part('step-cached', '1 pair, compiled before', 'step.mjs', shape(counts), 90, 30),
    part('products', 'Products', 'products.mjs', { engine, precisions, ...(quick && { size: 256 }) }, 30, 5),
    part('verify', "The official code's numbers", 'verify.mjs', numbers(), 60, 15),
    part('webgpu', 'WebGPU', 'webgpu.mjs', webgpu(), 60, 10),
    part('tutorial', "Notebook 01's training", 'tutorial.mjs', tutorial(), 120, 20),
    part('tutorial-other', `Notebook 01's training, ${other}`, 'tutorial.mjs', tutorial(other), 120, 20),
    part('step-checkpointing', '1 pair, layers computed again', 'step.mjs', again(1), 200, 60),
    ...(quick ? [] : [6, 8].map(manyPairs)),
    part('large', '8B, its head trained', 'step.mjs', large(), 240, 60),
    part('peer-float32', 'PyTorch, 1 pair, float32', 'peer.py', peer(1, ['tf32', 'float32']), 75, 20),
    part('step-other', `1 pair, ${other}`, 'step.mjs', otherwise(), 60, 20),
    ...(quick ? [] : ofPairs(3)),
  ];

  /** @param {number} pairs */
  function ofPairs(pairs) {
    const ours = shape({ pairs, forwards: 3, steps: quick ? 1 : 4 });
    return [
      part(`step-${pairs}`, `${pairs} pairs`, 'step.mjs', ours, 270, 45),
      part(`peer-${pairs}`, `PyTorch, ${pairs} pairs`, 'peer.py', peer(pairs, halves), 60, 12),
    ];
  }

  /** @param {number} pairs */
  function manyPairs(pairs) {
    return part(`step-${pairs}`, `${pairs} pairs, layers computed again`, 'step.mjs', again(pairs), 270, 60);
  }

  /** @param {number} pairs */
  function again(pairs) {
    return shape({ pairs, checkpointing: true, forwards: 0, steps: quick ? 1 : 5 });
  }

  function large() {
    return shape({ preset: 'internvl3_8b', trainable: 'head', pairs: 2, forwards: quick ? 2 : 3, steps: 3 });
  }

  function otherwise() {
    const precision = other === 'eager' ? { precision: 'float32' } : {};
    return shape({ compiler: other, ...precision, forwards: 2, steps: quick ? 2 : 3 });
  }

  function numbers() {
    return { engine, folder: golden, ...(quick && { only: few }) };
  }

  function webgpu() {
    return quick ? { engine, frames: 2, pairs: 1, steps: 2 } : { engine };
  }

  function recipe() {
    return quick ? { engine, updates: 3, clips: 8, ...small } : { engine, updates: 20 };
  }

  /** @param {string} [compiler] */
  function tutorial(compiler) {
    return quick ? { engine, compiler, clips: 64, steps: 3 } : { engine, compiler };
  }
}
