import { extent } from '../base/extent.js';
import type { Drawn } from './heatMap.js';
import { colours, Picture, signed, text } from './picture.js';
import type { Row } from './verdicts.js';

const panel = { width: 172, height: 118, left: 34, right: 8, top: 24, bottom: 16 };
const across = 4;

/**
 * The drop over the strength, a line for each family that has several: each point with its 95% interval. All are on one scale.
 * @param audits of the same families; the second one is dotted
 */
export function familyLines(audits: readonly Drawn[]): Picture {
  const lines = (rows: readonly Row[], family: string) => rows.filter((row) => row.family === family);
  const families = [...new Set(audits.flatMap(({ rows }) => rows.map(({ family }) => family)))].filter(
    (family) => audits.some(({ rows }) => lines(rows, family).length > 1),
  );
  const shown = audits.flatMap(({ rows }) => rows.filter(({ family }) => families.includes(family)));
  const ends = shown.flatMap(({ drop }) => [drop.low, drop.high]).filter(Number.isFinite);
  const { lowest, highest } = extent([0, 1, ...ends]);
  const inner = panel.height - panel.top - panel.bottom;
  const up = (drop: number) => panel.top + (inner * (highest - drop)) / (highest - lowest);
  const right = (level: number, levels: number) =>
    panel.left + ((panel.width - panel.left - panel.right) * (level - 0.5)) / levels;

  const panels = families.map((family, i) => {
    const ofFamily = audits.map(({ rows }) => lines(rows, family));
    const levels = Math.max(...ofFamily.flat().map(({ level }) => level));
    const zero = up(0).toFixed(1);
    const drawn = ofFamily.map((rows, a) => {
      const points = rows.map(({ level, drop }) => ({ x: right(level, levels) + 5 * a, drop }));
      const path = points.map(({ x, drop }) => `${x.toFixed(1)},${up(drop.value).toFixed(1)}`).join(' ');
      const dashes = a > 0 ? ' stroke-dasharray="2 3"' : '';
      const marks = points.map(({ x, drop }) => {
        const colour = drop.value < 0 ? colours.preferred : colours.costs;
        return (
          `<line x1="${x.toFixed(1)}" x2="${x.toFixed(1)}" y1="${up(drop.low).toFixed(1)}" y2="${up(drop.high).toFixed(1)}" stroke="${colour}"/>` +
          `<circle cx="${x.toFixed(1)}" cy="${up(drop.value).toFixed(1)}" r="3" fill="${colour}"/>`
        );
      });
      return `<polyline points="${path}" fill="none" stroke="currentColor" stroke-opacity="0.6"${dashes}/>${marks.join('')}`;
    });
    const expectation = ofFamily.flat()[0].expectation;
    return (
      `<g transform="translate(${(i % across) * panel.width},${Math.floor(i / across) * panel.height})">` +
      text(`${family}: ${expectation}`, 4, 12, { 'font-weight': 600 }) +
      `<line x1="${panel.left}" x2="${panel.width - panel.right}" y1="${zero}" y2="${zero}" stroke="currentColor" stroke-opacity="0.4"/>` +
      [0, highest, lowest]
        .filter((tick, t) => t === 0 || Math.abs(up(tick) - up(0)) > 12)
        .map((tick) =>
          text(signed(tick), panel.left - 4, up(tick) + 4, { 'text-anchor': 'end', 'font-size': 10 }),
        )
        .join('') +
      Array.from({ length: levels }, (_, level) =>
        text(String(level + 1), right(level + 1, levels), panel.height - 4, {
          'text-anchor': 'middle',
          'font-size': 10,
        }),
      ).join('') +
      `${drawn.join('')}</g>`
    );
  });
  const size = {
    width: across * panel.width,
    height: Math.max(1, Math.ceil(families.length / across)) * panel.height,
  };
  const words = families.map((family) => {
    const values = audits.map(({ rows }) =>
      lines(rows, family)
        .map(({ drop }) => signed(drop.value))
        .join(' '),
    );
    return `${family}: ${values.join(' | ')}`;
  });
  return new Picture(size, panels.join(''), ['Mean drop by strength', ...words].join('\n'));
}
