import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { inClone } from '../setup/environment.mjs';

/**
 * A picture of cells of a notebook in JupyterLab, from the first to the last by their ids. A live one is run for it, all others
 * have been run before. `fetv`: it shows FETV's clips.
 * @typedef {{ name: string, notebook: string, cells: [string, string], live?: boolean, fetv?: boolean }} Picture
 */

/**
 * What `npm run pictures` makes in docs/images/ of notebooks.
 * @type {Picture[]}
 */
export const pictures = [
  { name: 'training', notebook: 'notebooks/01-training-run', cells: ['aa18b060', '44179000'] },
  { name: 'scores', notebook: 'notebooks/01-training-run', cells: ['bc706b86', 'bc706b86'] },
  { name: 'players', notebook: 'notebooks/01-training-run', cells: ['66202873', 'd912ae16'] },
  { name: 'mistakes', notebook: 'notebooks/01-training-run', cells: ['a43b3742', 'ac57861d'] },
  {
    name: 'real-ratings',
    notebook: 'notebooks/02-real-ratings',
    cells: ['405ee26a', 'f26fd30a'],
    fetv: true,
  },
  { name: 'full-run', notebook: 'notebooks/07-full-run', cells: ['cell-3', 'cell-3'] },
  { name: 'annotator', notebook: 'assets/project/votes', cells: ['cell-3', 'cell-4'], live: true },
];

/** The picture that it makes of the page that `solireward analyze` writes of FETV's metrics. */
export const report = {
  name: 'analysis',
  fetv: true,
  part: {
    open: 'BLIPScore',
    from: 'section:has(> h3:text-is("alignment"))',
    to: 'details[open] figure',
  },
};

/** Where it is written of which code each picture is, so that a test finds one that has grown old. */
export const record = inClone('docs', 'images', 'pictures.json');

/**
 * The code that a picture shows, as it is today, as a hash.
 * @param {Picture} picture
 */
export function codeOf({ notebook, cells: [from, to] }) {
  /** @type {{ cells: { cell_type: string, id: string, source: string[] }[] }} */
  const { cells } = JSON.parse(readFileSync(inClone(`${notebook}.ipynb`), 'utf8'));
  const [first, last] = [from, to].map((id) => cells.findIndex((cell) => cell.id === id));
  if (first < 0 || last < first) throw new Error(`pictures: ${notebook} has no cells ${from} to ${to}`);
  const code = cells.slice(first, last + 1).filter(({ cell_type }) => cell_type === 'code');
  return createHash('sha256')
    .update(JSON.stringify(code.map(({ source }) => source.join(''))))
    .digest('hex')
    .slice(0, 16);
}
