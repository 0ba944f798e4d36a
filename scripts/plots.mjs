import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { inClone } from './setup/environment.mjs';

/**
 * A figure of the gallery.
 * @typedef {{ name: string, words: string, line: string }} Entry
 */

/** @type {{ title: string, entries: Entry[] }[]} */
export const chapters = [
  {
    title: 'Distributions',
    entries: [
      {
        name: 'histogram',
        words: 'Two groups: bars as shares of their own group, and a tick for each score.',
        line: `sr.plot.scoreDistribution(scores, { by: 'pass' })`,
      },
      {
        name: 'intervals',
        words: 'With the 95% interval of each share (Wilson), a title, and words of your own.',
        line: `sr.plot.scoreDistribution(scores, {
  by: 'pass',
  intervals: true,
  bins: 12,
  title: 'Rewards of the physics model',
  subtitle: '240 clips of unseen prompts',
  labels: { x: 'reward', groups: { Pass: 'accepted', Fail: 'rejected' } },
})`,
      },
      {
        name: 'ridge',
        words: 'Five groups and more are ridges by themselves.',
        line: `sr.plot.scoreDistribution(scores, { by: 'generator' })`,
      },
      {
        name: 'panels',
        words: 'Bars of many groups have a panel each.',
        line: `sr.plot.scoreDistribution(scores, { by: 'generator', kind: 'histogram' })`,
      },
      {
        name: 'facet',
        words: 'A panel for each value of a column; densities in each.',
        line: `sr.plot.scoreDistribution(scores, { by: 'pass', facet: 'generator', kind: 'density' })`,
      },
      {
        name: 'box',
        words: 'Boxes: quartiles, whiskers as Tukey’s; the mean with its interval.',
        line: `sr.plot.scoreDistribution(scores, { by: 'generator', kind: 'box', intervals: true })`,
      },
      {
        name: 'violin',
        words: 'Violins, in colours by name.',
        line: `sr.plot.scoreDistribution(scores, { by: 'pass', kind: 'violin', colours: { Pass: '#228833', Fail: '#aa3377' } })`,
      },
      {
        name: 'ecdf',
        words: 'Shares up to each score, with the band of Dvoretzky, Kiefer and Wolfowitz.',
        line: `sr.plot.scoreDistribution(scores, { by: 'pass', kind: 'ecdf', intervals: true })`,
      },
      {
        name: 'log',
        words: 'On a logarithmic axis; a palette by its name.',
        line: `sr.plot.scoreDistribution(
  scores.objects().map((row) => ({ ...row, score: Math.exp(row.score) })),
  { by: 'pass', scale: 'log', colours: 'okabe-ito' },
)`,
      },
      {
        name: 'groupShares',
        words: 'Any groups of numbers.',
        line: `sr.plot.groupShares({ before: [1, 2, 2, 3, 4], after: [2, 3, 3, 4, 4, 5] }, { axis: 'rating', title: 'Ratings' })`,
      },
    ],
  },
  {
    title: 'Scores and labels',
    entries: [
      { name: 'roc', words: 'ROC, with the AUC.', line: 'sr.plot.roc(scores)' },
      {
        name: 'rocBy',
        words: 'A curve for each group, with its AUC and interval.',
        line: `sr.plot.roc(scores, { by: 'generator' })`,
      },
      {
        name: 'precisionRecall',
        words: 'Precision and recall.',
        line: 'sr.plot.precisionRecallCurve(scores)',
      },
      {
        name: 'reliability',
        words: 'Whether probabilities are what they say.',
        line: `sr.plot.reliabilityCurve(sr.analysis.logistic(scores, sr.analysis.plattScaling(scores)), scores.array('pass'))`,
      },
      {
        name: 'thresholds',
        words: 'What mistakes cost at each threshold; here a wrong Pass three times a wrong Fail.',
        line: 'sr.plot.thresholdCosts(scores, { falsePass: 3 })',
      },
      {
        name: 'margins',
        words: 'Margins of pairs, chosen less rejected.',
        line: `sr.plot.pairMargins(score.slice(1).map((chosen, i) => chosen - score[i]))`,
      },
    ],
  },
  {
    title: 'Comparisons',
    entries: [
      {
        name: 'twoModels',
        words: 'Two models on the same clips; the difference with its paired interval.',
        line: `sr.plot.twoModels(scores, other, { labels: { x: 'HPQA', y: 'last token' } })`,
      },
      { name: 'againstRatings', words: 'Score against rating.', line: 'sr.plot.againstRatings(scores)' },
      {
        name: 'byGroup',
        words: 'Generators with intervals, and p adjusted by Holm; grey ones do not differ.',
        line: `sr.plot.byGroup(scores, { by: 'generator' })`,
      },
      {
        name: 'effectSizes',
        words: 'The same in deviations (Hedges’ g), against one of them.',
        line: `sr.plot.effectSizes(scores, { by: 'generator', against: 'show-1' })`,
      },
      { name: 'byPrompt', words: 'Prompt by prompt.', line: 'sr.plot.byPrompt(scores)' },
      {
        name: 'overCheckpoints',
        words: 'Over training: ridges of the scores, and the AUC of each checkpoint.',
        line: 'sr.plot.overCheckpoints(checkpoints)',
      },
    ],
  },
  {
    title: 'Curves and estimates',
    entries: [
      {
        name: 'training',
        words: 'Loss and accuracies of a run.',
        line: `sr.plot.trainingCurves(
  Array.from({ length: 60 }, (_, i) => ({ step: i + 1, loss: 2 / (1 + i / 9), accuracy: 1 - 0.5 / (1 + i / 9) })),
)`,
      },
      {
        name: 'curves',
        words: 'Curves with intervals; five and more have a panel each, the others behind them in grey.',
        line: `sr.plot.curves(
  ['HPQA', 'last token'].map((name, k) => ({ name, x: [1, 2, 4, 8], y: [0.5, 0.6 - k / 20, 0.7 - k / 10, 0.75 - k / 9] })),
  { title: 'Best of n', x: 'n', y: 'true quality' },
)`,
      },
      {
        name: 'estimates',
        words: 'Estimates with their intervals, and the results of single seeds.',
        line: `sr.plot.estimates(
  [
    { name: 'BT', value: 0.86, low: 0.83, high: 0.89, results: [0.84, 0.86, 0.88] },
    { name: 'BT-WT', value: 0.88, low: 0.86, high: 0.9, results: [0.87, 0.88, 0.89] },
  ],
  { title: 'Accuracy on unseen prompts', y: 'pair accuracy' },
)`,
      },
    ],
  },
  {
    title: 'For a paper, and any other figure',
    entries: [
      {
        name: 'paper',
        words:
          'A column of 85 mm: text of 8 points in black on white, and no title, since the caption says it.',
        line: `sr.plot.scoreDistribution(scores, { by: 'generator', theme: 'paper' })`,
      },
      {
        name: 'updated',
        words: 'Any figure, changed in plotly’s terms.',
        line: `sr.plot.roc(scores, { theme: 'paper' }).update((layout) => {
  layout.xaxis.range = [0, 0.5];
  layout.showlegend = false;
})`,
      },
      {
        name: 'plotly',
        words: 'Any figure of plotly. What only plotly can draw is named in the static picture.',
        line: `sr.plot.plotly({
  data: [{ type: 'scatter', mode: 'lines+markers', x: ['sun', 'rain', 'snow'], y: [3, 1, 2], name: 'clips' }],
  layout: { title: 'Weather' },
})`,
      },
    ],
  },
];

/** What the lines of the gallery are drawn of: small files beside its pictures. */
export const setUp = `const scores = await sr.data.readScores('docs/images/plots/scores.csv');
const other = await sr.data.readScores('docs/images/plots/other.csv');
const checkpoints = [];
for (const step of [100, 200, 400, 800]) {
  const scored = await sr.data.readScores(\`docs/images/plots/step-\${step}.csv\`);
  checkpoints.push(...scored.objects().map((row) => ({ ...row, step })));
}
const score = scores.array('score');`;

/** The page of the gallery. */
export function page() {
  const sections = chapters.map(
    ({ title, entries }) =>
      `## ${title}\n\n` +
      entries
        .map(
          ({ name, words, line }) =>
            `${words}\n\n\`\`\`ts\n${line}\n\`\`\`\n\n![${name}](images/plots/${name}.svg)\n`,
        )
        .join('\n'),
  );
  return `# Figures

Every figure with the line that makes it. \`npm run plots\` writes this page and its pictures; a test runs each line. A figure is the
last value of a cell, and shows itself: interactive where plotly runs, else as the pictures below.

\`\`\`ts
${setUp}
\`\`\`

## What every figure takes

\`title\`, \`subtitle\`, \`labels\` (\`x\`, \`y\`, and \`groups\`, what groups are called), \`width\` and \`height\` (pixels, or lengths such as
\`'85mm'\`), and \`theme\`: \`'notebook'\` in the reader's light or dark, \`'paper'\` for a column of 85 mm, \`'slides'\` for a wall. \`colours\` is
a map of groups, a list, or one of \`'safe'\`, \`'okabe-ito'\`, \`'tol'\`, \`'viridis'\`, \`'grey'\`; without it a group has the same colour in every figure of a
notebook, and those of a figure are told apart by colour-blind readers. \`by\`, \`bins\`, \`scale\`, \`facet\`, \`kind\` and \`intervals\` are taken where they
mean something; elsewhere they are an error that says what the figure takes.

## Out of the notebook

\`figure.save\` writes by the name of the file, without a browser: \`.pdf\` and \`.svg\` with text as text, \`.png\`, \`.html\` that works
offline, \`.csv\` of what is drawn. PDF and PNG have Arimo (as wide as Arial and Helvetica; Latin, Greek, Cyrillic); for other letters give a
TTF or OTF file as \`font\`. The file is there as a whole or not at all.

\`\`\`ts
const figure = sr.plot.scoreDistribution(scores, { by: 'pass', theme: 'paper' });
await figure.save('scores.pdf', { width: '85mm' });
await figure.save('scores.png', { width: '85mm', dpi: 300 });
figure.data                                              // what is drawn, as a table: group, from, to, count, share
\`\`\`

${sections.join('\n')}
API reference: [plot](api/plot.md), [analysis](api/analysis.md).
`;
}

/**
 * Draws every line.
 * @param {{ data: object, plot: object, analysis: object }} sr the library
 * @returns {Promise<Map<string, { toSvg(): string, save(file: string): Promise<string> }>>} figures by name
 */
export async function draw(sr) {
  const lines = chapters.flatMap(({ entries }) =>
    entries.map(({ name, line }) => `${JSON.stringify(name)}: ${line}`),
  );
  const names = Object.getPrototypeOf(async () => {}).constructor;
  const figures = await new names('sr', `${setUp}\nreturn {\n${lines.join(',\n')}\n};`)(sr);
  return new Map(Object.entries(figures));
}

/** The score files of the gallery: made up, always the same. */
function files() {
  let state = 7;
  const uniform = () => {
    state = (state * 1664525 + 1013904223) % 2 ** 32;
    return (state + 1) / 2 ** 32;
  };
  const normal = () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
  const generators = ['cogvideo', 'lavie', 'modelscope', 'pika', 'show-1', 'zeroscope'];
  const scores = ['clip,score,pass,generator,promptId,rating'];
  const other = ['clip,score'];
  const steps = [100, 200, 400, 800];
  const checkpoints = steps.map(() => ['clip,score,pass']);
  for (let i = 0; i < 240; i++) {
    const group = i % generators.length;
    const quality = 0.35 * group - 0.9 + normal() + 0.5 * Math.sin(Math.floor(i / 6) * 2.1);
    const passes = quality + 0.6 * normal() > 0.1;
    const rating = Math.min(5, Math.max(1, Math.round(3 + quality + 0.5 * normal())));
    const prompt = `prompt ${1 + (Math.floor(i / 6) % 20)}`;
    scores.push(
      `clip-${i},${(quality + 0.4 * normal()).toFixed(3)},${Number(passes)},${generators[group]},${prompt},${rating}`,
    );
    other.push(`clip-${i},${(0.8 * quality + 0.6 * normal()).toFixed(3)}`);
    steps.forEach((step, k) => {
      const then = (quality * step) / 500 + 0.8 * normal();
      checkpoints[k].push(`clip-${i},${then.toFixed(3)},${Number(passes)}`);
    });
  }
  return {
    'scores.csv': scores,
    'other.csv': other,
    ...Object.fromEntries(steps.map((step, k) => [`step-${step}.csv`, checkpoints[k]])),
  };
}

/** npm run plots: writes docs/plots.md and its pictures, from dist/. */
async function main() {
  const folder = inClone('docs', 'images', 'plots');
  mkdirSync(folder, { recursive: true });
  for (const name of readdirSync(folder)) rmSync(join(folder, name));
  for (const [name, lines] of Object.entries(files()))
    writeFileSync(join(folder, name), `${lines.join('\n')}\n`);
  /** @param {string} room */
  const face = (room) => import(pathToFileURL(inClone('dist', 'src', room, 'index.js')).href);
  process.chdir(inClone());
  const sr = { data: await face('data'), plot: await face('plot'), analysis: await face('report') };
  const figures = await draw(sr);
  for (const [name, figure] of figures) await figure.save(join(folder, `${name}.svg`));
  writeFileSync(inClone('docs', 'plots.md'), page());
  console.log(`docs/plots.md: ${figures.size} figures`);
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) await main();
