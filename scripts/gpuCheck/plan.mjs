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
  const peer = (/** @type {number} */ pairs) => ({ pairs, ...small, ...counts });

  return [
    part('step', '1 pair', 'step.mjs', shape(counts), 270, 60),
    part('step-cached', '1 pair, compiled before', 'step.mjs', shape(counts), 90, 30),
    part('peer', 'PyTorch, 1 pair', 'peer.py', peer(1), 75, 20),
    part('products', 'Products', 'products.mjs', { engine, precisions, ...(quick && { size: 256 }) }, 30, 5),
    part('recipe', "Notebook 07's recipe", 'recipe.mjs', recipe(), 220, 60),
    part(
      'verify',
      "The official code's numbers",
      'verify.mjs',
      { engine, folder: golden, ...(quick && { only: few }) },
      60,
      15,
    ),
    part('tutorial', "Notebook 01's training", 'tutorial.mjs', tutorial(), 90, 20),
    part(
      'step-other',
      `1 pair, ${other}`,
      'step.mjs',
      shape({
        compiler: other,
        ...(other === 'eager' && { precision: 'float32' }),
        forwards: 2,
        steps: quick ? 2 : 3,
      }),
      60,
      20,
    ),
    part('webgpu', 'WebGPU', 'webgpu.mjs', {}, 30, 5),
    part(
      'step-checkpointing',
      '1 pair, layers computed again',
      'step.mjs',
      shape({ compiler: 'graph', checkpointing: true, forwards: 0, steps: quick ? 1 : 3 }),
      60,
      20,
    ),
    ...(quick ? [2] : [4, 8, 2]).flatMap((pairs) => [
      part(
        `step-${pairs}`,
        `${pairs} pairs`,
        'step.mjs',
        shape({ pairs, forwards: 3, steps: quick ? 1 : 4 }),
        270,
        60,
      ),
      part(
        `peer-${pairs}`,
        `PyTorch, ${pairs} pairs`,
        'peer.py',
        { ...peer(pairs), names: ['autocast', 'bfloat16'] },
        60,
        15,
      ),
    ]),
  ];

  function recipe() {
    return quick ? { engine, updates: 3, clips: 8, ...small } : { engine, updates: 20 };
  }

  function tutorial() {
    return quick ? { engine, clips: 64, steps: 3 } : { engine };
  }
}
