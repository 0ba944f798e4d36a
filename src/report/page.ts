import { escapeHtml } from '../base/html.js';
import type { Figure } from '../plot/figure.js';
import type { Cell, DrawnInterval, Part, Section, ShownClip } from './part.js';
import type { Preview } from './preview.js';
import { count, fixed, number } from './words.js';

/** Sections under one heading; folded away at first where there are several alike. */
export interface Chapter {
  title: string;
  sections: Section[];
  folded?: boolean;
}

/** What a page is made of. */
export interface PageContent {
  title: string;
  /** How the files were understood. */
  lines: string[];
  chapters: Chapter[];
  /** Previews of clips, by path. */
  previews: ReadonlyMap<string, Preview>;
}

/** Size of a picture: readable on a phone, two beside each other on a desk. */
const picture = { width: 390, height: 265, title: false };

/** A picture of a figure; one with a height of its own, such as that of its rows, keeps it. */
const pictureOf = (figure: Figure, ink?: string): string =>
  figure.toSvg({ ...picture, ink, ...(figure.layout.height !== undefined && { height: undefined }) });

/**
 * One HTML page with everything in it. Nothing of it runs: no script is allowed, whatever text the files hold, and
 * nothing is fetched.
 */
export function page(content: PageContent): string {
  return standalone(
    content.title,
    pageStyle,
    body(content, (figure) => pictureOf(figure, 'currentColor')),
  );
}

/** A page that neither runs nor fetches anything. @param content HTML of its body */
export function standalone(title: string, style: string, content: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:; media-src data:">
<title>${escapeHtml(title)}</title>
<style>${style}</style>
</head>
<body>
${content}
</body>
</html>
`;
}

/**
 * The same as a part of a notebook, in its colours and as high as it is: its style is for itself only, and its figures are images,
 * which viewers keep that take styles, scripts and drawings out.
 */
export function fragment(content: PageContent): string {
  const image = (figure: Figure) => {
    const svg = pictureOf(figure);
    return `<img alt="${escapeHtml(figure.summary)}" src="data:image/svg+xml;base64,${Buffer.from(svg).toString('base64')}">`;
  };
  return `<div class="solireward-report"><style>.solireward-report { ${fragmentStyle}${style} }</style>
${body(content, image)}
</div>`;
}

/** What a page shows besides text. */
interface Shown {
  draw(figure: Figure): string;
  previews: ReadonlyMap<string, Preview>;
}

function body({ title, lines, chapters, previews }: PageContent, draw: Shown['draw']): string {
  return `<header><h1>${escapeHtml(title)}</h1>
<details class="read" open><summary>How the files were read</summary><ul>${lines.map((line) => `<li>${escapeHtml(line)}</li>`).join('')}</ul></details></header>
<main>${chapters.map((chapter) => chapterHtml(chapter, { previews, draw })).join('\n')}</main>
<footer>${escapeHtml(methods)}</footer>`;
}

const methods =
  'Intervals are 95%. Those of correlations and AUC are of large samples: from the influence of each clip, on Fisher’s ' +
  'scale for correlations, and over prompts where prompts are known (clips of one prompt are not independent). Shares ' +
  'have Wilson’s interval, average precision Boyd’s. Many comparisons on one page find something by chance: take one ' +
  'interval in twenty to miss.';

function chapterHtml({ title, sections, folded }: Chapter, shown: Shown): string {
  const body = sections.map((section) => sectionHtml(section, shown)).join('\n');
  return folded
    ? `<details class="chapter"><summary><h2>${escapeHtml(title)}</h2></summary>${body}</details>`
    : `<section class="chapter"><h2>${escapeHtml(title)}</h2>${body}</section>`;
}

function sectionHtml({ title, parts }: Section, shown: Shown): string {
  const html: string[] = [];
  // Figures that follow each other share a grid.
  for (let i = 0; i < parts.length; i++) {
    const figures: string[] = [];
    for (; parts[i]?.kind === 'figure'; i++) figures.push(partHtml(parts[i], shown));
    if (figures.length > 0) html.push(`<div class="figures">${figures.join('')}</div>`);
    if (i < parts.length) html.push(partHtml(parts[i], shown));
  }
  return `<section><h3>${escapeHtml(title)}</h3>${html.join('\n')}</section>`;
}

function partHtml(part: Part, shown: Shown): string {
  switch (part.kind) {
    case 'text':
      return `<p>${escapeHtml(part.text)}</p>`;
    case 'figure':
      return (
        `<figure><h4>${escapeHtml(part.title)}</h4><div role="img" aria-label="${escapeHtml(part.figure.summary)}">` +
        `${shown.draw(part.figure)}</div><figcaption>${escapeHtml(part.text)}</figcaption></figure>`
      );
    case 'table':
      return tableHtml(part.header, part.rows) + (part.text ? `<p>${escapeHtml(part.text)}</p>` : '');
    case 'clips':
      return `<h4>${escapeHtml(part.title)}</h4><div class="clips">${part.clips
        .map((clip) => clipHtml(clip, clip.path === undefined ? undefined : shown.previews.get(clip.path)))
        .join('')}</div>`;
  }
}

function tableHtml(header: readonly string[], rows: readonly Cell[][]): string {
  const columns = header.map((_, column) => rows.map((row) => row[column]));
  const kinds = columns.map((cells) => (cells.some(isWords) ? 'text' : 'number'));
  const reaches = columns.map(reachOf);
  const cell = (tag: 'td' | 'th', html: string, column: number) =>
    `<${tag} class="${column === 0 ? 'name' : kinds[column]}">${html}</${tag}>`;
  const head = header.map((name, column) => cell('th', escapeHtml(name), column)).join('');
  const body = rows
    .map((row) => `<tr>${row.map((value, i) => cell('td', cellHtml(value, reaches[i]), i)).join('')}</tr>`)
    .join('');
  return `<div class="table"><table><thead><tr>${head}</tr></thead><tbody>${body}</tbody></table></div>`;
}

/** Whether a cell reads from the left: words, not a number that is written out. */
const isWords = (cell: Cell): boolean => typeof cell === 'string' && /[a-z]{2}/i.test(cell);

/** How far the intervals of a column reach from the value that says nothing: the scale on which they are drawn. */
function reachOf(cells: readonly Cell[]): number {
  let reach = 0;
  for (const cell of cells) {
    if (typeof cell !== 'object') continue;
    for (const end of [cell.value, cell.low, cell.high])
      if (!Number.isNaN(end)) reach = Math.max(reach, Math.abs(end - cell.nothing));
  }
  return reach;
}

function cellHtml(cell: Cell, reach: number): string {
  if (typeof cell === 'string') return escapeHtml(cell);
  return typeof cell === 'number' ? count(cell) : intervalHtml(cell, reach);
}

function intervalHtml({ value, low, high, nothing }: DrawnInterval, reach: number): string {
  if (Number.isNaN(value)) return '–';
  const at = (x: number) => (50 + (reach > 0 ? (46 * (x - nothing)) / reach : 0)).toFixed(1);
  const known = !Number.isNaN(low) && !Number.isNaN(high);
  const bar = known ? `<line class="reach" x1="${at(low)}" x2="${at(high)}" y1="5" y2="5"/>` : '';
  return (
    `<b>${fixed(value)}</b>${known ? `<small>${fixed(low)} to ${fixed(high)}</small>` : ''}` +
    `<svg viewBox="0 0 100 10" aria-hidden="true"><line class="scale" x1="0" x2="100" y1="5" y2="5"/>` +
    `<line class="nothing" x1="50" x2="50" y1="0" y2="10"/>${bar}<circle cx="${at(value)}" cy="5" r="3"/></svg>`
  );
}

function clipHtml({ id, prompt, group, score, note }: ShownClip, preview: Preview | undefined): string {
  const video = preview
    ? `<video src="${preview.video}" poster="${preview.poster}" controls muted loop playsinline></video>`
    : '';
  const lines = [
    `<strong>${escapeHtml([number(score), note].filter(Boolean).join(' · '))}</strong>`,
    ...[prompt, [id, group].filter(Boolean).join(' · ')]
      .filter((line) => line !== undefined)
      .map((line) => `<span>${escapeHtml(line)}</span>`),
  ];
  return `<figure>${video}<figcaption>${lines.join('')}</figcaption></figure>`;
}

/** Of a page of its own: the reader's light or dark. */
const groundStyle = `
:root { color-scheme: light dark; --ink: #1c1e21; --soft: #5d646c; --line: #d9dde1; --paper: #ffffff; --card: #f6f7f8; --accent: #2f6fb0; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e6e8ea; --soft: #a2a9b1; --line: #363b41; --paper: #16181b; --card: #1e2125; --accent: #6aa9e4; }
}
body { margin: 0 auto; padding: 16px; max-width: 1040px; background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
`;

/** Of a part of a notebook: colours that are seen on its ground, light or dark. */
const fragmentStyle = `
--ink: currentColor; --soft: #808080; --line: rgba(127,127,127,.35); --card: rgba(127,127,127,.08); --accent: #3f7fbf;
max-width: 1040px; font: 14px/1.5 system-ui, sans-serif; overflow-wrap: anywhere;
`;

const style = `
* { box-sizing: border-box; }
h1 { font-size: 1.5rem; line-height: 1.25; margin: 8px 0 12px; }
h2 { font-size: 1.25rem; margin: 0; }
h3 { font-size: 1.05rem; margin: 24px 0 8px; }
h4 { font-size: .95rem; margin: 0 0 4px; }
p { margin: 8px 0; max-width: 46em; }
summary { cursor: pointer; }
summary h2 { display: inline; }
.read { color: var(--soft); font-size: .9rem; }
.read ul { margin: 4px 0; padding-left: 20px; }
.chapter { margin-top: 32px; padding-top: 16px; border-top: 1px solid var(--line); }
.figures { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 400px), 1fr)); gap: 16px; }
figure { margin: 0; padding: 12px; background: var(--card); border-radius: 8px; }
figure svg, figure img { display: block; width: 100%; height: auto; }
figcaption { color: var(--soft); font-size: .9rem; margin-top: 4px; }
.table { margin: 12px 0; }
table { border-collapse: collapse; font-size: .9rem; font-variant-numeric: tabular-nums; }
th, td { padding: 4px 12px; text-align: right; border-bottom: 1px solid var(--line); vertical-align: top; white-space: nowrap; }
th { color: var(--soft); font-weight: 600; }
table { overflow-wrap: normal; }
th.name, td.name { text-align: left; padding-left: 0; white-space: normal; max-width: 16em; }
th.text, td.text { text-align: left; }
td small { display: block; color: var(--soft); }
td svg { display: block; width: 96px; height: 10px; margin-left: auto; }
td svg .scale { stroke: var(--line); } td svg .nothing { stroke: var(--soft); stroke-width: .7; }
td svg .reach { stroke: var(--accent); stroke-width: 3; } td svg circle { fill: var(--accent); }
.clips { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 240px), 1fr)); gap: 12px; margin: 4px 0 16px; }
.clips span { display: block; }
.clips strong { color: var(--ink); }
video { display: block; width: 100%; border-radius: 4px; background: #000; margin-bottom: 6px; }
@media (max-width: 640px) {
  table { width: 100%; font-size: 11.5px; }
  th { font-size: 10px; }
  th, td { padding: 4px 2px; white-space: normal; }
  th.name, td.name { overflow-wrap: anywhere; min-width: 5em; }
  td small { overflow-wrap: normal; }
  td svg { width: 100%; max-width: 48px; }
}
footer { margin-top: 40px; padding-top: 12px; border-top: 1px solid var(--line); color: var(--soft); font-size: .85rem; max-width: 60em; }
`;

/** How a page looks, on white and on black. */
export const pageStyle = `${groundStyle}${style}
.table { overflow-x: auto; }
`;
