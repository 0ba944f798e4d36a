// The whole analysis of a file of 1,000,000 scores with labels, groups, prompts and a numeric column: seconds from the
// file to the page, and memory. npx vite-node bench/analyze.ts
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Random } from '../src/base/random.js';
import { analyze } from '../src/report/analyze.js';

const clips = 1_000_000;
const folder = mkdtempSync(join(tmpdir(), 'analyze-bench-'));
const file = join(folder, 'scores.csv');
const random = new Random(1);
const lines = ['clip,score,pass,generator,prompt_id,duration'];
for (let i = 0; i < clips; i++) {
  const quality = random.normal();
  const columns = [
    quality + random.normal(),
    quality > 0.3,
    `generator-${i % 4}`,
    i >> 3,
    (3 + quality).toFixed(2),
  ];
  lines.push(`clip-${i},${columns.join(',')}`);
}
writeFileSync(file, lines.join('\n'));
lines.length = 0;

const start = performance.now();
const cpuBefore = process.cpuUsage();
const report = await analyze(file);
const page = report.toHtml();
const seconds = (performance.now() - start) / 1000;
const cpu = process.cpuUsage(cpuBefore);
const busy = (cpu.user + cpu.system) / 1e6;
console.log(
  `${clips} scores (${(statSync(file).size / 2 ** 20).toFixed(0)} MiB) to a page of ${(page.length / 2 ** 10).toFixed(0)} KiB: ` +
    `${seconds.toFixed(1)} s, ${busy.toFixed(1)} s of CPU, ${(process.memoryUsage().rss / 2 ** 20).toFixed(0)} MiB`,
);
console.log(report.summary);
rmSync(folder, { recursive: true });
