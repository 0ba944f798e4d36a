// A file of scores with labels, groups, prompts and a numeric column: the numbers that both sides know, and our page.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { at } from '../../scripts/gpuCheck/dist.mjs';
import { serve, settings } from './side.mjs';

const { Random } = await at('base/random.js');
const { readScores } = await at('data/tables/readScores.js');
const { analyze } = await at('report/analyze.js');
const { auc } = await at('analysis/auc.js');
const { averagePrecision } = await at('analysis/precisionRecall.js');
const { kolmogorovSmirnov } = await at('analysis/kolmogorovSmirnov.js');
const { pearson } = await at('analysis/pearson.js');
const { spearman } = await at('analysis/spearman.js');
const { mean } = await at('analysis/distribution.js');
const { rowsOfGroups } = await at('analysis/groups.js');

const { folder, clips } = settings;
const file = join(folder, 'scores.csv');
const random = new Random(1);
const lines = ['clip,score,pass,generator,prompt_id,duration'];
for (let i = 0; i < clips; i++) {
  const quality = random.normal();
  const row = [
    quality + random.normal(),
    quality > 0.3,
    `generator-${i % 4}`,
    i >> 3,
    (3 + quality).toFixed(2),
  ];
  lines.push(`clip-${i},${row.join(',')}`);
}
writeFileSync(file, lines.join('\n'));
lines.length = 0;

await serve({
  async numbers() {
    const table = await readScores(file);
    const [scores, pass, generators, durations] = ['score', 'pass', 'generator', 'duration'].map((name) =>
      table.array(name),
    );
    const values = [auc(scores, pass), averagePrecision(scores, pass).value];
    /** @type {Map<string, number[]>} */
    const rows = rowsOfGroups(generators);
    for (const [, own] of [...rows].sort(([a], [b]) => (a < b ? -1 : 1)))
      values.push(
        auc(
          own.map((i) => scores[i]),
          own.map((i) => pass[i]),
        ),
      );
    values.push(pearson(scores, durations), spearman(scores, durations));
    const [good, bad] = [true, false].map((which) =>
      scores.filter((/** @type {number} */ _, /** @type {number} */ i) => pass[i] === which),
    );
    values.push(kolmogorovSmirnov(good, bad).distance, mean(good), mean(bad));
    return { values };
  },
  async page() {
    return { values: [Math.sign((await analyze(file)).toHtml().length)] };
  },
});
