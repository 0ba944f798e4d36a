/** Colours of groups: by their names, one after the other, or a palette by its name. */
export type Colours = PaletteName | readonly string[] | Readonly<Record<string, string>>;

/**
 * `safe` (default), `okabe-ito` and `tol` (Tol's "bright") are told apart by colour-blind readers; `viridis` goes from dark to
 * light, for groups that have an order; `grey` is for print.
 */
export type PaletteName = 'safe' | 'okabe-ito' | 'tol' | 'viridis' | 'grey';

/** Told apart with each kind of colour blindness, and readable on white and on black: found by search, held by a test. */
export const palette = [
  '#3f7fbf',
  '#e1812c',
  '#674e73',
  '#a3ba78',
  '#aa2a42',
  '#0ac4da',
  '#ad838a',
  '#8f4e00',
];

const palettes: Record<PaletteName, { colours: string[]; ordered?: boolean }> = {
  safe: { colours: palette },
  'okabe-ito': {
    colours: ['#0072b2', '#e69f00', '#009e73', '#cc79a7', '#56b4e9', '#d55e00', '#f0e442', '#000000'],
  },
  tol: { colours: ['#4477aa', '#ee6677', '#228833', '#ccbb44', '#66ccee', '#aa3377', '#bbbbbb'] },
  viridis: { colours: ['#46327e', '#365c8d', '#277f8e', '#1fa187', '#4ac16d', '#a0da39'], ordered: true },
  grey: { colours: ['#303030', '#b0b0b0'], ordered: true },
};
export const paletteNames = Object.keys(palettes) as PaletteName[];

/** The colour of each group that was drawn in this process, by its place in the palette. */
const drawn = new Map<string, number>([
  ['Pass', 0],
  ['Fail', 1],
]);

/**
 * The colours of the groups of a figure. Without `colours`, a group has the same one in every figure of the process; a new
 * group takes the one that is used least, first in this figure and then in all.
 * @throws {RangeError} that names the operation, for what is not a colour, or a map that has none of the groups
 */
export function coloursOf(operation: string, names: readonly string[], colours?: Colours): string[] {
  if (colours === undefined || colours === 'safe') return ownColours(names);
  if (typeof colours === 'string') {
    const { colours: listed, ordered } = palettes[colours];
    return names.map((_, i) =>
      ordered ? between(listed, names.length < 2 ? 0 : i / (names.length - 1)) : listed[i % listed.length],
    );
  }
  if (isList(colours)) return names.map((_, i) => colours[i % colours.length]);
  const known = names.filter((name) => Object.hasOwn(colours, name));
  if (known.length === 0) {
    throw new RangeError(
      `${operation}: colours: names none of the groups: they are ${names.map((name) => `"${name}"`).join(', ')}; ` +
        `received colours of ${Object.keys(colours)
          .map((name) => `"${name}"`)
          .join(', ')}`,
    );
  }
  const own = ownColours(names);
  return names.map((name, i) => (Object.hasOwn(colours, name) ? colours[name] : own[i]));
}

function ownColours(names: readonly string[]): string[] {
  const here = new Set(names);
  for (const name of names) {
    if (drawn.has(name)) continue;
    const uses = palette.map((_, place) => {
      const all = [...drawn].filter(([, taken]) => taken === place);
      return { place, all: all.length, here: all.filter(([other]) => here.has(other)).length };
    });
    uses.sort((a, b) => a.here - b.here || a.all - b.all || a.place - b.place);
    drawn.set(name, uses[0].place);
  }
  return names.map((name) => palette[drawn.get(name) as number]);
}

/** A colour of a scale, `share` of the way from its first to its last. */
function between(scale: readonly string[], share: number): string {
  const at = share * (scale.length - 1);
  const from = Math.min(Math.floor(at), scale.length - 2);
  const [a, b] = [scale[from], scale[from + 1]].map(channels);
  return `#${a.map((x, i) => hex(x + (at - from) * (b[i] - x))).join('')}`;
}

const channels = (colour: string): number[] =>
  [1, 3, 5].map((start) => Number.parseInt(colour.slice(start, start + 2), 16));
const hex = (channel: number): string => Math.round(channel).toString(16).padStart(2, '0');

/** A hexadecimal colour, of which only a share covers what is behind it. */
export function faded(colour: string, opacity: number): string {
  if (!/^#[\da-f]{6}$/i.test(colour)) return colour;
  return `rgba(${channels(colour).join(',')},${opacity})`;
}

export const isList = (colours: unknown): colours is readonly string[] => Array.isArray(colours);
