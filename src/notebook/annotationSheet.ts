import { writeFile } from 'node:fs/promises';
import { dirname, extname } from 'node:path';
import { csvFormat } from 'd3-dsv';
import { escapeHtml } from '../base/html.js';
import { linkTo } from '../base/linkTo.js';
import type { Clip } from '../data/clip.js';
import { sheetCell, sheetColumns } from '../data/votes/sheet.js';

/** What a sheet is about. */
interface Sheet {
  clips: readonly Clip[];
  annotator: string;
  dimension: string;
  criteria: string;
}

/**
 * Writes a CSV file with a row for each clip, whose column `pass` is to be filled, and a page of the same name with
 * the videos under the rows' numbers. Text that a spreadsheet would take for a formula begins with an apostrophe, which
 * `readVotes` takes off again.
 * @throws {Error} when one of the files is there already or cannot be written
 */
export async function writeAnnotationSheet(csv: string, sheet: Sheet): Promise<void> {
  if (extname(csv) !== '.csv') {
    throw new Error(`annotator: the sheet must be a .csv file, received ${JSON.stringify(csv)}`);
  }
  const { clips, annotator, dimension } = sheet;
  const rows = clips.map(({ id, path, prompt, promptId }, i) => ({
    ...{ row: String(i + 1), clip: id, annotator, dimension, pass: '', note: '', path, prompt, promptId },
  }));
  const cells = rows.map((row) =>
    Object.fromEntries(Object.entries(row).map(([name, text]) => [name, text && sheetCell(text)])),
  );
  await writeNew(csv, `${csvFormat(cells, sheetColumns)}\n`);
  await writeNew(csv.replace(/csv$/, 'html'), pageOf(sheet, dirname(csv)));
}

/** What annotators have written is never written over. */
async function writeNew(file: string, text: string): Promise<void> {
  await writeFile(file, text, { flag: 'wx' }).catch((error: NodeJS.ErrnoException) => {
    const reason = error.code === 'EEXIST' ? 'it is there already' : error.message;
    throw new Error(`annotator: cannot write ${file}: ${reason}`);
  });
}

function pageOf({ clips, annotator, dimension, criteria }: Sheet, folder: string): string {
  const figures = clips.map(
    ({ path, prompt }, i) =>
      `<figure><video src="${escapeHtml(linkTo(path, folder))}" controls muted loop preload="none"></video>` +
      `<figcaption><b>${i + 1}</b> ${escapeHtml(prompt ?? '')}</figcaption></figure>`,
  );
  const style =
    'body{font:15px/1.5 system-ui,sans-serif;max-width:640px;margin:2rem auto;padding:0 1rem}' +
    'video{width:100%;aspect-ratio:16/9;background:#000}figure{margin:2rem 0}';
  return [
    '<!doctype html><meta charset="utf-8">',
    `<title>${escapeHtml(dimension)}: ${escapeHtml(annotator)}</title><style>${style}</style>`,
    `<h1>${escapeHtml(dimension)}</h1><p>${escapeHtml(criteria)}</p>`,
    `<p>${escapeHtml(annotator)}: write Pass or Fail into the column "pass", in the row of the number.</p>`,
    ...figures,
    '',
  ].join('\n');
}
