import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join, relative, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { executed, read } from './pictures/executed.mjs';
import { codeOf, pictures, record, report } from './pictures/list.mjs';
import { shootCells, shootPage } from './pictures/shoot.mjs';
import { fromDist } from './setup/build.mjs';
import { browserArguments, chromium } from './setup/chromium.mjs';
import { inClone, root } from './setup/environment.mjs';
import { startJupyter } from './setup/jupyterServer.mjs';
import { setUp } from './setup.mjs';

// npm run pictures [-- --only training, more than once for several] [--fetv ../shared/data/fetv]
// Makes the pictures of README.md and docs/ of the notebooks as they are today: takes the last run of each, or runs it where
// there is none or its code is another one since. Without the folder of FETV's clips the pictures of them stay as they are.
const names = [...pictures.map(({ name }) => name), report.name];
const { values: options } = parseArgs({
  options: {
    only: { type: 'string', multiple: true, default: names },
    fetv: { type: 'string', default: '../shared/data/fetv' },
  },
});
const unknown = options.only.filter((name) => !names.includes(name));
if (unknown.length > 0) {
  console.error(`pictures: there is no picture ${unknown.join(', ')}; --only takes ${names.join(', ')}`);
  process.exit(1);
}
const fetv = resolve(root, options.fetv);
const hasFetv = existsSync(fetv);
const wanted = (/** @type {{ name: string, fetv?: boolean }} */ picture) => {
  if (!options.only.includes(picture.name)) return false;
  if (picture.fetv && !hasFetv)
    console.log(`[pictures] ${picture.name} stays: there is no folder ${options.fetv}`);
  return !picture.fetv || hasFetv;
};

await setUp({ notebooks: true });
const executablePath = await chromium();
const { default: sharp } = await import('sharp');
const playwright = await import('playwright-core');

// The notebooks that are shown lie beside notebooks/: the clips that they name are then where they name them.
const folder = inClone('coverage');
mkdirSync(folder, { recursive: true });
const [jupyter, browser] = await Promise.all([
  startJupyter(root),
  playwright.chromium.launch({ executablePath, args: browserArguments }),
]);
try {
  for (const picture of pictures.filter(wanted)) {
    const { path, first, last } = await put(picture);
    const url = `${jupyter.url}/doc/workspaces/${picture.name}/tree/${path}`;
    await save(picture.name, await shootCells(browser, url, { first, last, live: picture.live ?? false }));
    const codes = { ...JSON.parse(readFileSync(record, 'utf8')), [picture.name]: codeOf(picture) };
    writeFileSync(record, `${JSON.stringify(codes, null, 2)}\n`);
  }
  if (wanted(report)) await save(report.name, await shootPage(browser, await reportOnFetv(), report.part));
} finally {
  await browser.close();
  await jupyter.stop();
}

/**
 * Puts the notebook of a picture where it is served. Of one that has been run it is the cells that are shown, below an empty one
 * that has the cursor.
 * @param {import('./pictures/list.mjs').Picture} picture
 * @returns {Promise<{ path: string, first: number, last: number }>} the places of the cells that are shown
 */
async function put({ name, notebook, cells: [from, to], live }) {
  const { cells, ...rest } = live ? read(inClone(`${notebook}.ipynb`)) : await executed(notebook, to, fetv);
  const [first, last] = [from, to].map((id) => cells.findIndex((cell) => cell.id === id));
  const empty = { cell_type: 'raw', id: 'empty', metadata: {}, source: '' };
  const shown = live ? cells.slice(0, last + 1) : [empty, ...cells.slice(first, last + 1)];
  const file = live ? join(await withClips(name), 'votes.ipynb') : join(folder, `picture-${name}.ipynb`);
  // Of the paths of this machine only what is in the clone is shown.
  const here = `${JSON.stringify(root).slice(1, -1)}/`;
  writeFileSync(file, JSON.stringify({ ...rest, cells: shown }).replaceAll(here, ''));
  return { path: relative(root, file), first: live ? first : 1, last: shown.length - 1 };
}

/** Makes a folder with some of the tutorial's clips, as somebody has their own. @param {string} name */
async function withClips(name) {
  const place = join(folder, `picture-${name}`);
  rmSync(place, { recursive: true, force: true });
  mkdirSync(join(place, 'clips'), { recursive: true });
  const { makeWorld } = await fromDist('data/index.js');
  const { clips } = await makeWorld({ clips: 12, seed: 1, folder: join(place, 'world') });
  for (const { path } of clips) copyFileSync(path, join(place, 'clips', basename(path)));
  return place;
}

/** The page of FETV's five metrics beside its ratings. */
async function reportOnFetv() {
  const { analyze } = await fromDist('report/index.js');
  const labels = join(fetv, 'ratings_full.csv');
  return (await analyze(join(fetv, 'metric_scores.csv'), { labels })).toHtml();
}

/**
 * Writes a picture with 256 colours: more are not in it, but in a video, where nobody sees them.
 * @param {string} name
 * @param {Buffer} png
 */
async function save(name, png) {
  const file = inClone('docs', 'images', `${name}.png`);
  const { size, width, height } = await sharp(png)
    .png({ palette: true, effort: 10, compressionLevel: 9 })
    .toFile(file);
  console.log(`[pictures] ${relative(root, file)}: ${width} x ${height}, ${Math.round(size / 1000)} kB`);
}
