import { type Colours, isList, paletteNames } from './colours.js';
import { type Length, toPixels } from './length.js';
import { looks, type Theme } from './theme.js';

/** How a distribution is drawn. */
export type DistributionKind = 'histogram' | 'density' | 'ecdf' | 'box' | 'violin' | 'ridge';

/** Words of a figure in place of its own. */
export interface FigureLabels {
  /** What the axes show. */
  x?: string;
  /** What the y axis shows. */
  y?: string;
  /** What the groups are called. */
  groups?: Readonly<Record<string, string>>;
}

/** All options of figures; each figure takes those that mean something to it. */
export interface PlotOptions {
  /** Above the figure. By default what it shows or found; in a paper nothing, since the caption says it. */
  title?: string;
  /** A smaller line below the title. */
  subtitle?: string;
  /** What the axes show and what the groups are called. */
  labels?: FigureLabels;
  /** Colours by the names of the groups, one after the other, or a palette. Default: the same for a group in every figure. */
  colours?: Colours;
  /** About how many bars a histogram has. */
  bins?: number;
  /** Of the axis of the scores; on a logarithmic one all are above 0. Default `linear`. */
  scale?: 'linear' | 'log';
  /** The column of which each value has a panel of its own. */
  facet?: string;
  /** The column that says the group of a row. */
  by?: string;
  /** How distributions are drawn. Default: bars, and from five groups on ridges. */
  kind?: DistributionKind;
  /** Whether 95% intervals are drawn. */
  intervals?: boolean;
  /** Pixels, or a length such as '85mm'. Default: that of the theme. */
  width?: Length;
  /** Pixels, or a length such as '60mm'. Default: by width, theme and the number of groups. */
  height?: Length;
  /** Sizes of text and lines: for a screen (default), for a column of 85 mm, or for a wall. */
  theme?: Theme;
}

/** What every figure can be told. */
export type FigureOptions = Pick<PlotOptions, 'title' | 'subtitle' | 'labels' | 'width' | 'height' | 'theme'>;

const common = ['title', 'subtitle', 'labels', 'width', 'height', 'theme'] as const;
const kinds: readonly string[] = ['histogram', 'density', 'ecdf', 'box', 'violin', 'ridge'];
const cssColour = /^(#[\da-f]{3,4}|#[\da-f]{6}|#[\da-f]{8}|[a-z]+|(rgb|hsl)a?\([^()]+\))$/i;

/** What is expected of the value of an option; undefined where it is as it should be. */
const faults: Record<string, (value: unknown) => string | undefined> = {
  title: (value) => (typeof value === 'string' ? undefined : 'a text'),
  subtitle: (value) => (typeof value === 'string' ? undefined : 'a text'),
  labels: (value) =>
    isRecord(value) &&
    Object.entries(value).every(([name, text]) =>
      name === 'groups'
        ? isRecord(text) && Object.values(text).every((word) => typeof word === 'string')
        : ['x', 'y'].includes(name) && typeof text === 'string',
    )
      ? undefined
      : 'texts for x and y, and in groups a text for each group, such as { x: "reward", groups: { a: "Model A" } }',
  colours: (value) => {
    const listed = isList(value) ? value : isRecord(value) ? Object.values(value) : undefined;
    if (listed && listed.length > 0 && listed.every(isColour)) return undefined;
    if (typeof value === 'string' && paletteNames.some((name) => name === value)) return undefined;
    return `one of ${words(paletteNames)}, a list of colours, or a map such as { Pass: '#3f7fbf' }`;
  },
  bins: (value) =>
    Number.isInteger(value) && (value as number) >= 1 && (value as number) <= 10_000
      ? undefined
      : 'a whole number from 1 to 10,000',
  scale: oneOf(['linear', 'log']),
  kind: oneOf(kinds),
  theme: oneOf(Object.keys(looks)),
  intervals: (value) => (typeof value === 'boolean' ? undefined : 'true or false'),
  by: (value) => (typeof value === 'string' && value !== '' ? undefined : 'the name of a column'),
  facet: (value) => (typeof value === 'string' && value !== '' ? undefined : 'the name of a column'),
};

/**
 * Checks what a figure is told.
 * @param taken names of the options that it takes besides those of every figure
 * @throws {RangeError} that names figure, option, what was received and what is expected
 */
export function checkOptions(operation: string, options: object, taken: readonly string[] = []): void {
  if (!isRecord(options))
    throw new RangeError(`${operation}: expected options as an object, received ${shown(options)}`);
  const names = [...common, ...taken];
  for (const [name, value] of Object.entries(options)) {
    if (value === undefined) continue;
    if (!names.includes(name)) {
      throw new RangeError(
        `${operation}: there is no option ${name} here, received ${shown(value)}; it takes ${names.join(', ')}`,
      );
    }
    if (name === 'width' || name === 'height') toPixels(operation, name, value);
    const expected = faults[name]?.(value);
    if (expected)
      throw new RangeError(`${operation}: ${name}: expected ${expected}; received ${shown(value)}`);
  }
}

function oneOf(values: readonly string[]): (value: unknown) => string | undefined {
  return (value) => (values.some((one) => one === value) ? undefined : `one of ${words(values)}`);
}

const words = (values: readonly string[]): string => values.map((value) => `'${value}'`).join(', ');
const isColour = (value: unknown): boolean => typeof value === 'string' && cssColour.test(value);
const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function shown(value: unknown): string {
  const text = typeof value === 'string' ? `'${value}'` : (JSON.stringify(value) ?? String(value));
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}
