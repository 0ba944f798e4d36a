import { colours, Picture, signed, text } from './picture.js';
import type { Family } from './variants.js';
import { isUnsure, type Row, thresholds, type Verdict } from './verdicts.js';

/** What is drawn of an audit. */
export interface Drawn {
  name: string;
  rows: readonly Row[];
  verdicts: readonly Verdict[];
}

const names = 118;
const expected = 44;
const cell = { width: 62, height: 22, gap: 2 };
const verdictWidth = 112;
const header = 76;
const legend = `blue costs, orange is preferred; * is p ≤ ${thresholds.level} after Holm; framed where there is a verdict`;
const legendOfSpread = '~ less than the spread of the ensemble';
/** A change of so many deviations has the full colour. */
const full = 2;

/**
 * The drop of each family by its strength, in deviations of the control's scores: blue costs, orange is preferred; a star where
 * it is shown, a frame and its name where there is a verdict; of an ensemble a ~ where the drop is smaller than the spread of its heads.
 * @param audits of the same families, side by side
 */
export function heatMap(audits: readonly Drawn[]): Picture {
  const families = [...new Set(audits.flatMap(({ rows }) => rows.map(({ family }) => family)))];
  const levels = Math.max(1, ...audits.flatMap(({ rows }) => rows.map(({ level }) => level)));
  const block = levels * cell.width + verdictWidth;
  const lines = families.map((family, i) => {
    const y = header + i * cell.height;
    const expectation = audits.flatMap(({ rows }) => rows).find((row) => row.family === family)?.expectation;
    const cells = audits.map((audit, a) => cellsOf(audit, family, names + expected + a * block, y, levels));
    const middle = y + cell.height / 2 + 4;
    return (
      text(family, names - 8, middle, { 'text-anchor': 'end' }) +
      text(expectation ?? '', names, middle, { 'font-size': 11, 'fill-opacity': 0.7 }) +
      cells.join('')
    );
  });
  const titles = audits.map(({ name }, a) => {
    const x = names + expected + a * block;
    return (
      text(short(name, Math.floor(block / 8)), x, 52, { 'font-weight': 600, 'font-size': 13 }) +
      Array.from({ length: levels }, (_, level) =>
        text(String(level + 1), x + (level + 0.5) * cell.width, header - 8, {
          'text-anchor': 'middle',
          'font-size': 11,
        }),
      ).join('')
    );
  });
  const hasSpread = audits.some(({ rows }) => rows.some(({ spread }) => spread !== undefined));
  const head =
    text('Mean drop of the score, in deviations of the control', 0, 16, { 'font-size': 13 }) +
    text(legend, 0, 33, { 'font-size': 11, 'fill-opacity': 0.7 }) +
    text('should', names, header - 8, { 'font-size': 11, 'fill-opacity': 0.7 });
  const bottom = header + families.length * cell.height + 8;
  const foot = hasSpread ? text(legendOfSpread, 0, bottom + 6, { 'font-size': 11, 'fill-opacity': 0.7 }) : '';
  const size = {
    width: names + expected + audits.length * block,
    height: hasSpread ? bottom + 14 : bottom,
  };
  const body = head + titles.join('') + lines.join('') + foot;
  return new Picture(size, body, audits.map(inWords).join('\n\n'));
}

function cellsOf({ rows, verdicts }: Drawn, family: Family, left: number, y: number, levels: number): string {
  const own = rows.filter((row) => row.family === family);
  const found = verdicts.filter((verdict) => verdict.family === family);
  const cells = own.map(({ level, drop, adjusted, strength, spread }) => {
    const x = left + (level - 1) * cell.width;
    const colour = drop.value < 0 ? colours.preferred : colours.costs;
    const share = (0.85 * Math.min(1, Math.abs(drop.value) / full)).toFixed(3);
    const marked = found.some((verdict) => verdict.level === level);
    const frame = marked ? ` stroke="${colours.verdict}" stroke-width="2"` : '';
    const star = (adjusted <= thresholds.level ? '*' : '') + (isUnsure({ drop, spread }) ? '~' : '');
    const title = `${family}, ${strength}: ${signed(drop.value)} (${signed(drop.low)} to ${signed(drop.high)})${
      spread === undefined ? '' : `, spread ${spread.toFixed(2)}`
    }`;
    return (
      `<g><title>${title.replaceAll('&', '&amp;').replaceAll('<', '&lt;')}</title>` +
      `<rect x="${x + 1}" y="${y + 1}" width="${cell.width - cell.gap}" height="${cell.height - cell.gap}" rx="2" ` +
      `fill="${colour}" fill-opacity="${share}"${frame}/>` +
      text(signed(drop.value) + star, x + cell.width / 2, y + cell.height / 2 + 4, {
        'text-anchor': 'middle',
        'font-size': 11,
      }) +
      '</g>'
    );
  });
  const kinds = found.map(({ kind }) => kind).join(', ');
  const place = { fill: colours.verdict, 'font-size': 11, 'font-weight': 600 };
  return cells.join('') + text(kinds, left + levels * cell.width + 6, y + cell.height / 2 + 4, place);
}

function inWords({ name, rows, verdicts }: Drawn): string {
  const lines = rows.map((row) => {
    const { family, level, drop, adjusted } = row;
    const kinds = verdicts
      .filter((one) => one.family === family && one.level === level)
      .map(({ kind }) => kind);
    const star = (adjusted <= thresholds.level ? '*' : ' ') + (isUnsure(row) ? '~' : '');
    return `${`${family} ${level}`.padEnd(18)}${row.expectation.padEnd(6)}${signed(drop.value).padStart(7)}${star} ${kinds.join(', ')}`.trimEnd();
  });
  return [`${name}: mean drop in deviations of the control`, ...lines].join('\n');
}

const short = (name: string, most: number): string =>
  name.length <= most ? name : `${name.slice(0, most - 1)}…`;
