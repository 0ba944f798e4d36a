/** The report as a readable page. @param {any} report @returns {string} */
export function page(report) {
  const { card, driver, memory, date, versions, summary, quick } = report;
  const { shape, large, products, verify, recipe, tutorial, webgpu, open, tutorialOther } = summary;
  const small = quick
    ? '\nSmall shapes, to try the check itself: the figures say nothing about the machine.\n'
    : '';
  return `${[
    `# ${card}`,
    `Made by \`npm run gpu-check\`, ${date.slice(0, 10)}. ${[
      memory,
      driver && `driver ${driver}`,
      versions.library,
      `Node ${versions.node}`,
      `solireward ${versions.solireward}`,
      versions.torch && `PyTorch ${versions.torch}`,
    ]
      .filter(Boolean)
      .join(', ')}.${small}`,
    '## The shape of InternVL3-1B, everything trained',
    `Made-up weights; a pair is two clips of ${shape[0]?.frames ?? 8} frames. The median after the first step; the first one compiles, or reads what was
compiled before: the programs that were new are counted.`,
    table(
      [
        '',
        'pairs',
        'precision',
        'compiler',
        'step',
        'pairs/s',
        'memory',
        'predicted',
        'first step',
        'compiled',
        'forward',
        'clips/s',
        'first forward',
      ],
      shape.map((/** @type {any} */ row) => [
        row.who,
        row.pairs,
        row.precision,
        [row.compiler, row.checkpointing && 'layers computed again'].filter(Boolean).join(', '),
        milliseconds(row.stepMs),
        row.pairsPerSecond,
        gib(row.stepPeakGiB),
        gib(row.predictedGiB),
        seconds(row.firstStepMs),
        row.compiled && `${row.compiled} programs`,
        milliseconds(row.forwardMs),
        row.clipsPerSecond,
        seconds(row.firstForwardMs),
      ]),
    ),
    '## The head of a large model',
    large
      ? `The shape of \`${large.preset}\`, ${(large.parameters / 1e9).toPrecision(2)} billion made-up weights, ${large.precision}: ${large.forwardMs ?? '-'} ms for ` +
        `${2 * large.pairs} clips in one batch (${large.clipsPerSecond ?? '-'} clips/s, ${gib(large.forwardPeakGiB) || 'memory not counted'}). What the head reads of a clip is ` +
        `computed once, in ${large.featuresMs} ms (${gib(large.featuresPeakGiB) || 'memory not counted'}); a step of ${large.pairs} pairs on it takes ${large.onCardMs ?? '-'} ms where it stays on the card, and ${large.stepMs ?? '-'} ms where it comes from ` +
        'the memory of the host.'
      : 'Not measured.',
    '## Products',
    table(
      ['precision', 'size', 'speed'],
      products.map((/** @type {any} */ { precision, size, gflops }) => [
        precision,
        size && `${size} x ${size}`,
        `${(gflops / 1000).toPrecision(3)} TFLOP/s`,
      ]),
    ),
    "## The official code's numbers",
    table(
      ['precision', 'items', 'largest error', 'not within the tolerance'],
      verify.map((/** @type {any} */ { precision, items, error, failed, model }) => [
        precision,
        items ?? `rewards (${model})`,
        error?.toExponential(1),
        failed?.length === 0 ? 'none' : failed?.join('; '),
      ]),
    ),
    "## Notebook 07's recipe, and notebook 01's training",
    recipe
      ? `${recipe.updates} updates of ${recipe.pairsPerUpdate} pair(s) through \`fit\` on generated clips: ${recipe.msPerUpdate} ms an update, ` +
        `${gib(recipe.peakGiB) || 'memory not counted'}, ${recipe.seconds ?? '-'} s with the first compilation and a checkpoint. The losses of win-lose and ` +
        `win-tie pairs lay between ${recipe.lowestLoss?.toPrecision(4)} and ${recipe.highestLoss?.toPrecision(4)}.`
      : 'Notebook 07: not measured.',
    tutorial.steps
      ? `The tutorial on ${tutorial.clips} clips: ${training(tutorial)}.${
          tutorialOther?.steps
            ? ` Under \`${tutorialOther.settings.compiler}\`: ${training(tutorialOther)}.`
            : ''
        }`
      : 'Notebook 01: not measured.',
    '## WebGPU',
    webgpu.library ? webGpu(webgpu) : 'Not measured.',
    '## Open',
    open.length === 0
      ? 'Nothing.'
      : table(
          ['part', '', 'why'],
          open.map((/** @type {any} */ { title, status, reason }) => [title, status, reason]),
        ),
  ].join('\n\n')}\n`;
}

/** What webgpu.mjs has seen. @param {any} webgpu */
function webGpu({ library, gflops, ok, reward, ms, trained, pairs, ...training }) {
  const { stepMs, besides, besidesMs, lossError, weightError } = training;
  const forward = reward === undefined ? 'failed' : `gives ${reward.toPrecision(4)} in ${ms.toFixed(0)} ms`;
  const steps = trained
    ? ` Decoder and head of the tutorial's model, ${trained} steps of ${pairs} pairs: ${stepMs.toFixed(0)} ms a step, on ${besides} recorded, in ` +
      `float32 ${besidesMs.toFixed(0)}; the largest difference of the losses is ${lossError.toExponential(1)}, of the weights ${weightError.toExponential(1)}.`
    : '';
  return `${library}: ${gflops} GFLOP/s; product and gradient ${ok ? 'right' : 'wrong'}; the tiny model's forward pass ${forward}.${steps}`;
}

/** Steps, times and accuracy of a run of tutorial.mjs. @param {any} tutorial */
function training({ steps, trainingSeconds, msPerStep, pairAccuracy }) {
  const accuracy = pairAccuracy?.toFixed(3) ?? '-';
  return `${steps} steps in ${trainingSeconds.toFixed(1)} s, ${msPerStep.toFixed(0)} ms each, pair accuracy ${accuracy}`;
}

/** @param {string[]} names @param {unknown[][]} rows */
function table(names, rows) {
  if (rows.length === 0) return 'Not measured.';
  const line = (/** @type {unknown[]} */ cells) =>
    `| ${cells
      .map((cell) =>
        String(cell ?? '')
          .replaceAll('|', '\\|')
          .replaceAll('\n', ' '),
      )
      .join(' | ')} |`;
  return [line(names), line(names.map(() => '---')), ...rows.map(line)].join('\n');
}

const milliseconds = (/** @type {number | undefined} */ ms) => (ms === undefined ? '' : `${ms} ms`);
const seconds = (/** @type {number | undefined} */ ms) =>
  ms === undefined ? '' : `${Number((ms / 1000).toPrecision(3))} s`;
const gib = (/** @type {number | undefined} */ size) => (size === undefined ? '' : `${size} GiB`);
