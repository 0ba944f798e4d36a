import type { Column, Columns } from './column.js';
import type { ListPart } from './listColumns.js';
import { isNumeric, isVerdict, kindsOf, namesOf, plain, shown } from './vocabulary.js';

/** What the columns of a score file are taken for. */
export interface ColumnRoles {
  /** Columns that together name a clip; where there are none, the number of the row does. */
  id: string[];
  /** Columns of scores: each is a metric, or with `metric` the one column of all metrics. */
  score: string[];
  /** The column that names the metric of each row: the file has a row for each clip and metric. */
  metric?: string;
  /** Pass or Fail. */
  label?: string;
  /** A human rating, the higher the better. */
  rating?: string;
  /** The group of a clip, such as its generator. */
  by?: string;
  /** Clips of one prompt share its value. */
  prompt?: string;
  /** Where the clip's file is. */
  path?: string;
  /** Numbers that a score should not follow: length, brightness, motion and the like. */
  shortcuts: string[];
}

/** Roles that are given by the user, in place of a guess. */
export interface GivenRoles {
  /** Columns that together name a clip. */
  id?: readonly string[];
  /** Columns of scores. */
  score?: readonly string[];
  /** The column that names the metric of each row. */
  metric?: string;
  /** The column of Pass or Fail. */
  label?: string;
  /** The column of a human rating, the higher the better. */
  rating?: string;
  /** The column of what clips are compared by, such as their generator. */
  by?: string;
  /** The column that clips of one prompt share the value of. */
  prompt?: string;
  /** The column of the clip's file. */
  path?: string;
}

/** Usual names, as `plain` writes them, the surest first. */
const names = {
  id: [
    'clip',
    'clipid',
    'video',
    'videoid',
    'videoname',
    'id',
    'uid',
    'key',
    'name',
    'sample',
    'sampleid',
    'item',
    'itemid',
    'path',
    'videopath',
    'clippath',
    'file',
    'filename',
    'filepath',
  ],
  metric: ['metric', 'metricname', 'scorename', 'measure'],
  label: [
    'pass',
    'passed',
    'label',
    'verdict',
    'correct',
    'good',
    'preferred',
    'target',
    'groundtruth',
    'gt',
  ],
  rating: [
    'rating',
    'mos',
    'meanopinionscore',
    'human',
    'humanscore',
    'humanrating',
    'meanrating',
    'ref',
    'reference',
    'label',
  ],
  by: [
    'generator',
    'model',
    'modelname',
    'system',
    'method',
    'group',
    'category',
    'source',
    'dataset',
    'split',
  ],
  prompt: ['prompt', 'caption', 'promptid', 'promptindex', 'text', 'question', 'instruction'],
  path: ['path', 'videopath', 'clippath', 'filepath', 'file', 'filename'],
} as const;

const scoreName = /(score|scores|reward|rewards|logit|prediction|pred)$/;
const shortcutName =
  /^(duration|length|seconds|frames|numframes|nframes|framecount|fps|width|height|filesize|bytes|bitrate|brightness|luma|luminance|contrast|saturation|motion|flow|opticalflow)$/;
/** Columns called so are of scores, beside those of `scoreName`; `ans` is VideoScore's. */
const calledScore = ['score', 'reward', 'ans'];
/** Numbers that are not scores, `spread` as that of an ensemble's scores; pandas calls its index `Unnamed: 0`, `Unnamed: 0.1`, `level_0`, `__index_level_0__`. */
const counterName =
  /^(unnamed\d+|level\d+|indexlevel\d+|index|row|step|seed|rank|fold|annotator|rater|worker|votes|confidence|spread|)$/;
/** A list of more numbers is not a list of scores unless it is said to be. */
const mostParts = 32;

/**
 * Guesses what the columns are, by their names and values; what is given is taken as it is.
 * @param where the operation and the file, for errors
 * @param parts the numbers of columns of lists
 * @throws {Error} for a given column that is not there, or where no column can be one of scores
 */
export function guessRoles(
  columns: Columns,
  given: GivenRoles,
  where: string,
  parts: ReadonlyMap<string, readonly ListPart[]> = new Map(),
): ColumnRoles {
  const present = [...columns.keys()];
  checkGiven(present, given, where);
  const find = (role: keyof typeof names, fits: (values: Column) => boolean = () => true) =>
    names[role]
      .map((name) => present.find((column) => plain(column) === name && !given.score?.includes(column)))
      .find((column) => column !== undefined && fits(columns.get(column)!));

  const roles: ColumnRoles = { id: [], score: [], shortcuts: [] };
  const known = {
    metric: given.metric ?? find('metric'),
    label: given.label ?? find('label', isVerdict),
    rating: given.rating ?? find('rating', (values) => isMostlyNumeric(values) && !isVerdict(values)),
    by: given.by ?? find('by'),
    prompt: given.prompt ?? find('prompt'),
    path: given.path ?? find('path'),
  };
  const usable = Object.entries(known).filter(([, column]) => column !== undefined);
  Object.assign(roles, Object.fromEntries(usable));

  const id = find('id');
  roles.id = [...(given.id ?? (id === undefined ? [roles.prompt, roles.by].filter(isText) : [id]))];
  const taken = new Set([...roles.id, ...usable.map(([, column]) => column as string)]);
  const numeric = present.filter((column) => !taken.has(column) && isNumeric(columns.get(column)!));
  roles.shortcuts = numeric.filter(
    (column) => shortcutName.test(plain(column)) && !given.score?.includes(column),
  );
  const scores = numeric.filter((column) => (parts.get(column)?.length ?? 1) <= mostParts);
  roles.score = [...(given.score ?? scoreColumns(columns, scores, roles, taken))];
  if (roles.score.length === 0) {
    const what = `${where} has no column of scores; it has ${present.join(', ')}`;
    if (areVotes(columns)) throw new Error(`${what}; it looks like votes: read them by sr.data.readVotes`);
    throw new Error(
      `${what}; say which one holds the scores: ${asideWords(leftAside(columns, roles, parts))}`,
    );
  }
  if (roles.metric && roles.score.length > 1) {
    throw new Error(
      `${where}: with the column "${roles.metric}" of metric names there must be one column of scores, received ` +
        `${roles.score.join(', ')}; say which one it is`,
    );
  }
  return roles;
}

/** Whether a table has who judged, and a verdict. */
export function areVotes(columns: Columns): boolean {
  const called = (names: readonly string[]) =>
    [...columns.keys()].filter((name) => names.includes(plain(name)));
  return (
    called(namesOf('annotator')).length > 0 &&
    called(namesOf('pass')).some((name) => isVerdict(columns.get(name)!))
  );
}

/** The roles in words, one line each. */
export function describeRoles(
  roles: ColumnRoles,
  parts: ReadonlyMap<string, readonly ListPart[]> = new Map(),
): string[] {
  const { id, score, metric, shortcuts } = roles;
  const written = score.map((column) => {
    const list = parts.get(column);
    return list ? `${column} (lists: ${list.map(({ name }) => name).join(', ')})` : column;
  });
  const lines = [
    `clip: ${id.length > 0 ? id.join(' + ') : 'the number of the row'}`,
    `score: ${written.join(', ')}${metric ? ` (a metric for each value of ${metric})` : ''}`,
  ];
  for (const role of ['label', 'rating', 'by', 'prompt', 'path'] as const)
    if (roles[role]) lines.push(`${role === 'by' ? 'group' : role}: ${roles[role]}`);
  if (shortcuts.length > 0) lines.push(`possible shortcuts: ${shortcuts.join(', ')}`);
  return lines;
}

/** The options of readScores and of analyze call two roles otherwise. */
const givenAs = (role: string) =>
  role === 'id' ? 'for the clip' : role === 'by' ? 'for the group' : `as ${role}`;

function checkGiven(present: string[], given: GivenRoles, where: string): void {
  for (const [role, value] of Object.entries(given)) {
    const columns = value === undefined ? [] : [value].flat();
    const missing = columns.find((column) => !present.includes(column));
    if (missing !== undefined) {
      throw new Error(
        `${where} has no column "${missing}" (given ${givenAs(role)}); it has ${present.join(', ')}`,
      );
    }
  }
}

/**
 * A column called score (also where it holds text, which is to be complained about), with others named like one; else
 * every column of numbers that counts nothing.
 */
function scoreColumns(columns: Columns, numeric: string[], roles: ColumnRoles, taken: Set<string>): string[] {
  const free = numeric.filter((column) => !roles.shortcuts.includes(column));
  const untaken = [...columns.keys()].filter((column) => !taken.has(column));
  const called = untaken.filter((column) => calledScore.includes(plain(column)));
  // A column that is called a score and has an odd value is one: the value is to be complained about.
  const named = untaken.filter(
    (column) =>
      scoreName.test(plain(column)) && (free.includes(column) || isMostlyNumeric(columns.get(column)!)),
  );
  if (called.length === 0)
    return [...columns.keys()].filter(
      (column) => named.includes(column) || (free.includes(column) && !counterName.test(plain(column))),
    );
  if (roles.metric) return called;
  return [...new Set([...called, ...named])];
}

/** Whether more than half of the values that are there are numbers. */
function isMostlyNumeric(values: Column): boolean {
  const { present, numbers } = kindsOf(values);
  return numbers > present / 2;
}

/** A column that no role was found for, and why. */
export interface AsideColumn {
  column: string;
  reason: string;
}

/** The columns that are left aside. */
export function leftAside(
  columns: Columns,
  roles: ColumnRoles,
  parts: ReadonlyMap<string, readonly ListPart[]> = new Map(),
): AsideColumn[] {
  const { id, score, shortcuts, ...single } = roles;
  const used = new Set([...id, ...score, ...shortcuts, ...Object.values(single)]);
  return [...columns].flatMap(([column, values]) =>
    used.has(column) ? [] : [{ column, reason: asideReason(column, values, parts.get(column)?.length) }],
  );
}

/** Why a column is of no use. @param numbersOfList how many numbers each of its lists has */
export function asideReason(column: string, values: Column, numbersOfList?: number): string {
  const { present, numbers, firstOdd } = kindsOf(values);
  if (present === 0) return 'blank';
  if (numbersOfList !== undefined) return `lists of ${numbersOfList} numbers`;
  const odd = (row: number) => `row ${row + 1} holds ${shown(values.at(row))}`;
  if (numbers === present) {
    if (plain(column) === 'spread') return 'how far apart the scores of an ensemble are';
    if (counterName.test(plain(column))) return 'numbers that count or name something';
    return 'numbers that are not called scores';
  }
  if (numbers > present / 2) return `no column of numbers: ${odd(firstOdd.number)}`;
  if ((names.label as readonly string[]).includes(plain(column)) && firstOdd.verdict >= 0)
    return `no words of Pass and Fail: ${odd(firstOdd.verdict)}`;
  return 'text';
}

/** Columns that are left aside, each with its reason. */
export function asideWords(aside: readonly AsideColumn[]): string {
  return aside.map(({ column, reason }) => `${column} (${reason})`).join(', ');
}

const isText = (value: string | undefined): value is string => value !== undefined;
