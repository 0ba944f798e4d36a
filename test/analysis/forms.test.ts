import { table } from 'arquero';
import { describe, expect, it } from 'vitest';
import * as notebook from '../../src/notebook/index.js';
import { Figure } from '../../src/plot/figure.js';
import * as plot from '../../src/plot/index.js';
import * as analysis from '../../src/report/index.js';

/** A clip with everything that a measure may ask for. */
interface Row {
  clip: string;
  score: number | null | undefined;
  /** Of another model. */
  other: number | null | undefined;
  pass: boolean | number | null | undefined;
  rating: number | null | undefined;
  truth: number | null | undefined;
  step: number | null | undefined;
  chosen: number | null | undefined;
  rejected: number | null | undefined;
  first: boolean | null | undefined;
  second: boolean | null | undefined;
  generator: string;
  promptId: string;
}

const clean = Array.from({ length: 24 }, (_, i): Row => {
  const score = 0.5 + 0.4 * Math.sin(i * 1.7);
  const other = 0.5 + 0.4 * Math.sin(i * 1.7 + 0.6);
  const pass = score + 0.3 * Math.cos(i * 2.3) > 0.5;
  return {
    clip: `clip ${i}`,
    score,
    other,
    pass,
    rating: 1 + (i % 5) + score,
    truth: other - 0.2 * score,
    step: 100 * (1 + (i % 2)),
    chosen: score,
    rejected: other,
    first: score > 0.5 === pass,
    second: other > 0.5 === pass,
    generator: ['lavie', 'pika', 'show-1'][i % 3],
    promptId: `p${i % 4}`,
  };
});

/** The same rows in each form: two tables, columns of one type, and plain lists. */
function formsOf(rows: readonly Row[]) {
  const list = <Name extends keyof Row>(name: Name) => rows.map((row) => row[name]);
  const names = Object.keys(clean[0]) as (keyof Row)[];
  const otherRows = rows.map(({ clip, other }) => ({ clip, score: other }));
  const numbers = (name: 'score' | 'other' | 'pass' | 'rating' | 'truth' | 'step' | 'chosen' | 'rejected') =>
    Float64Array.from(rows, (row) => Number(row[name] ?? Number.NaN));
  return {
    rows,
    otherRows,
    table: table(Object.fromEntries(names.map((name) => [name, list(name)]))),
    otherTable: table({ clip: list('clip'), score: list('other') }),
    columns: {
      score: numbers('score'),
      other: numbers('other'),
      pass: numbers('pass'),
      rating: numbers('rating'),
      truth: numbers('truth'),
      step: numbers('step'),
      chosen: numbers('chosen'),
      rejected: numbers('rejected'),
    },
    lists: {
      score: list('score'),
      other: list('other'),
      pass: list('pass'),
      rating: list('rating'),
      truth: list('truth'),
      step: list('step'),
      chosen: list('chosen'),
      rejected: list('rejected'),
      first: list('first'),
      second: list('second'),
      generator: list('generator'),
      promptId: list('promptId'),
    },
  };
}
type Forms = ReturnType<typeof formsOf>;

/** The columns that a measure needs in each row, and its calls: what all of them give is to be the same. */
type Measure = [needs: (keyof Row)[], calls: (forms: Forms) => unknown[]];

const labelled: (keyof Row)[] = ['score', 'pass'];
const draws = { samples: 20, seed: 3 };

const measures: Record<string, Measure> = {
  againstRatings: ofRated(analysis.againstRatings),
  allPairRatio: ofLabelled(analysis.allPairRatio),
  auc: ofLabelled(analysis.auc),
  aucInterval: [
    labelled,
    (forms) => {
      const { table, rows, columns, lists } = forms;
      const clustered = [
        analysis.aucInterval(table, { cluster: 'promptId' }),
        analysis.aucInterval(rows, { cluster: 'promptId' }),
        analysis.aucInterval(columns.score, columns.pass, lists.promptId),
        analysis.aucInterval(lists.score, lists.pass, lists.promptId),
      ];
      const plain = ofLabelled(analysis.aucInterval)[1](forms);
      return clustered.map((interval, i) => ({ ...interval, plain: plain[i] }));
    },
  ],
  averagePrecision: ofLabelled(analysis.averagePrecision),
  bestF1: ofLabelled(analysis.bestF1),
  bestOfN: [
    ['score', 'truth'],
    ({ table, rows, columns, lists }) => [
      analysis.bestOfN(table),
      analysis.bestOfN(rows, { truth: 'truth', by: 'promptId' }),
      analysis.bestOfN(columns.score, columns.truth, lists.promptId),
      analysis.bestOfN(lists.score, lists.truth, lists.promptId),
    ],
  ],
  brier: ofLabelled(analysis.brier),
  byGroup: [
    ['score'],
    ({ table, rows, columns, lists }) => [
      analysis.byGroup(table),
      analysis.byGroup(rows, { by: 'generator' }),
      analysis.byGroup(columns.score, lists.generator),
      analysis.byGroup(lists.score, lists.generator),
    ],
  ],
  byPrompt: [
    ['score'],
    ({ table, rows, columns, lists }) => {
      // Lists have no labels.
      const unlabelled = ({ prompts, ...rest }: ReturnType<typeof analysis.byPrompt>) => ({
        ...rest,
        prompts: prompts.map(({ passShare: _, ...prompt }) => prompt),
      });
      return [
        analysis.byPrompt(table),
        analysis.byPrompt(rows, { by: 'promptId' }),
        analysis.byPrompt(columns.score, lists.promptId),
        analysis.byPrompt(lists.score, lists.promptId),
      ].map(unlabelled);
    },
  ],
  chooseThreshold: [
    labelled,
    ({ table, rows, columns, lists }) => {
      const costs = { falsePass: 3 };
      return [
        analysis.chooseThreshold(table, costs),
        analysis.chooseThreshold(rows, costs),
        analysis.chooseThreshold(columns.score, columns.pass, costs),
        analysis.chooseThreshold(lists.score, lists.pass, costs),
      ];
    },
  ],
  delong: [
    ['score', 'other', 'pass'],
    ({ table, otherTable, rows, otherRows, columns, lists }) => [
      analysis.delong(table, otherTable),
      analysis.delong(rows, otherRows),
      analysis.delong(columns.score, columns.other, columns.pass),
      analysis.delong(lists.score, lists.other, lists.pass),
    ],
  ],
  effectSize: [
    ['score', 'other'],
    ({ table, otherTable, rows, otherRows, columns, lists }) => [
      analysis.effectSize(table, otherTable),
      analysis.effectSize(rows, otherRows),
      analysis.effectSize(columns.score, columns.other),
      analysis.effectSize(lists.score, lists.other),
    ],
  ],
  evaluate: [
    labelled,
    ({ table, rows, columns, lists }) => [
      analysis.evaluate(table, { ...draws, by: 'generator' }),
      analysis.evaluate(rows, { ...draws, by: 'generator' }),
      analysis.evaluate(columns.score, columns.pass, { ...draws, groups: lists.generator }),
      analysis.evaluate(lists.score, lists.pass, { ...draws, groups: lists.generator }),
    ],
  ],
  evaluatePairs: [
    ['chosen', 'rejected'],
    ({ table, rows, columns, lists }) => {
      const ofTable = { ...draws, by: 'generator', clips: { chosen: 'clip', rejected: 'promptId' } };
      const clips = { chosen: rows.map(({ clip }) => clip), rejected: lists.promptId };
      const ofLists = { ...draws, groups: lists.generator, clips };
      return [
        analysis.evaluatePairs(table, ofTable),
        analysis.evaluatePairs(rows, ofTable),
        analysis.evaluatePairs(columns.chosen, columns.rejected, ofLists),
        analysis.evaluatePairs(lists.chosen, lists.rejected, ofLists),
      ];
    },
  ],
  expectedCalibrationError: ofLabelled(analysis.expectedCalibrationError),
  groupAdvantages: [
    ['score'],
    ({ table, rows, columns, lists }) => {
      const present = ({ advantages, ...rest }: ReturnType<typeof analysis.groupAdvantages>) => ({
        ...rest,
        advantages: advantages.filter((advantage) => !Number.isNaN(advantage)),
      });
      return [
        analysis.groupAdvantages(table),
        analysis.groupAdvantages(rows, { by: 'promptId' }),
        analysis.groupAdvantages(columns.score, lists.promptId),
        analysis.groupAdvantages(lists.score, lists.promptId),
      ].map(present);
    },
  ],
  histogram: ofScores((scores) => analysis.histogram(scores, 5)),
  kendall: ofSeries(analysis.kendall),
  kolmogorovSmirnov: ofSamples(analysis.kolmogorovSmirnov),
  logistic: ofScores((scores) =>
    analysis.logistic(scores, { slope: 2, intercept: -1 }).filter((share) => !Number.isNaN(share)),
  ),
  mcnemar: [
    ['first', 'second'],
    ({ table, rows, lists }) => [
      analysis.mcnemar(table),
      analysis.mcnemar(rows),
      analysis.mcnemar(lists.first, lists.second),
      analysis.mcnemar(
        Float64Array.from(lists.first, (right) => Number(right ?? Number.NaN)),
        Float64Array.from(lists.second, (right) => Number(right ?? Number.NaN)),
      ),
    ],
  ],
  mean: ofScores(analysis.mean),
  meanMargin: ofPairs(analysis.meanMargin),
  median: ofScores(analysis.median),
  overCheckpoints: [
    ['score', 'step'],
    ({ table, rows, columns, lists }) => {
      // Lists have no labels.
      const unlabelled = (found: ReturnType<typeof analysis.overCheckpoints>) =>
        found.map(({ auc: _, ...checkpoint }) => checkpoint);
      return [
        analysis.overCheckpoints(table),
        analysis.overCheckpoints(rows),
        analysis.overCheckpoints(columns.score, columns.step),
        analysis.overCheckpoints(lists.score, lists.step),
      ].map(unlabelled);
    },
  ],
  pairAccuracy: ofPairs(analysis.pairAccuracy),
  pairedBootstrap: [
    ['score', 'other', 'pass'],
    ({ table, otherTable, rows, otherRows, columns, lists }) => [
      analysis.pairedBootstrap(table, otherTable, draws),
      analysis.pairedBootstrap(rows, otherRows, draws),
      analysis.pairedBootstrap(columns.score, columns.other, columns.pass, draws),
      analysis.pairedBootstrap(lists.score, lists.other, lists.pass, draws),
    ],
  ],
  pearson: ofSeries(analysis.pearson),
  plattScaling: ofLabelled(analysis.plattScaling),
  populationStability: ofSamples(analysis.populationStability),
  precisionRecall: ofLabelled(analysis.precisionRecall),
  reliability: [
    labelled,
    ({ table, rows, columns, lists }) => [
      analysis.reliability(table, { bins: 4 }),
      analysis.reliability(rows, { bins: 4 }),
      analysis.reliability(columns.score, columns.pass, { bins: 4 }),
      analysis.reliability(lists.score, lists.pass, { bins: 4 }),
    ],
  ],
  rocCurve: ofLabelled(analysis.rocCurve),
  scoreCollapse: ofScores((scores) => analysis.scoreCollapse(scores, { tolerance: 0.05 })),
  spearman: ofSeries(analysis.spearman),
  twoModels: [
    ['score', 'other'],
    ({ table, otherTable, rows, otherRows, columns, lists }) => {
      // Lists have no labels.
      const unlabelled = ({ auc: _, ...found }: ReturnType<typeof analysis.twoModels>) => found;
      return [
        analysis.twoModels(table, otherTable),
        analysis.twoModels(rows, otherRows),
        analysis.twoModels(columns.score, columns.other),
        analysis.twoModels(lists.score, lists.other),
      ].map(unlabelled);
    },
  ],
  wasserstein: ofSamples(analysis.wasserstein),
};

const figures: Record<string, Measure> = {
  againstRatings: ofRated(plot.againstRatings),
  byGroup: [
    ['score'],
    ({ table, rows, columns, lists }) => [
      plot.byGroup(table),
      plot.byGroup(rows),
      plot.byGroup(columns.score, lists.generator),
      plot.byGroup(lists.score, lists.generator),
    ],
  ],
  byPrompt: [
    ['score'],
    ({ rows, columns, lists }) => [
      // Lists have no labels.
      plot.byPrompt(table({ score: lists.score, promptId: lists.promptId })),
      plot.byPrompt(rows.map(({ pass: _, ...row }) => row)),
      plot.byPrompt(columns.score, lists.promptId),
      plot.byPrompt(lists.score, lists.promptId),
    ],
  ],
  effectSizes: [
    ['score'],
    ({ table, rows, columns, lists }) => [
      plot.effectSizes(table, { against: 'pika' }),
      plot.effectSizes(rows, { against: 'pika' }),
      plot.effectSizes(columns.score, lists.generator, { against: 'pika' }),
      plot.effectSizes(lists.score, lists.generator, { against: 'pika' }),
    ],
  ],
  groupShares: [
    ['score'],
    ({ table, rows, columns, lists }) => [
      plot.groupShares({ scores: table }),
      plot.groupShares(new Map([['scores', rows]])),
      plot.groupShares({ scores: columns.score }),
      plot.groupShares({ scores: lists.score }),
    ],
  ],
  overCheckpoints: [
    ['score', 'step'],
    ({ rows, columns, lists }) => {
      // Lists have no labels.
      const unlabelled = rows.map(({ pass: _, ...row }) => row);
      return [
        plot.overCheckpoints(table({ score: lists.score, step: lists.step })),
        plot.overCheckpoints(unlabelled),
        plot.overCheckpoints(columns.score, columns.step),
        plot.overCheckpoints(lists.score, lists.step),
      ];
    },
  ],
  pairMargins: ofPairs(plot.pairMargins),
  precisionRecallCurve: ofLabelled(plot.precisionRecallCurve),
  reliabilityCurve: ofLabelled(plot.reliabilityCurve),
  roc: ofLabelled(plot.roc),
  scoreDistribution: ofScores((scores) => plot.scoreDistribution(scores, { kind: 'density' })),
  thresholdCosts: ofLabelled(plot.thresholdCosts),
  twoModels: [
    ['score', 'other'],
    ({ otherTable, rows, otherRows, columns, lists }) => [
      plot.twoModels(table({ clip: rows.map(({ clip }) => clip), score: lists.score }), otherTable),
      plot.twoModels(
        rows.map(({ clip, score }) => ({ clip, score })),
        otherRows,
      ),
      plot.twoModels(columns.score, columns.other),
      plot.twoModels(lists.score, lists.other),
    ],
  ],
};

/** What is not a measure of scores, and what it is of. */
const others = {
  analysis: {
    analyze: 'a file or a table, with a reader of its own',
    bootstrap: 'a number of items',
    holm: 'values of p, of which NaN is one that was not tested',
    overSeeds: 'results of seeds, of which none may be missing',
    pairedOverSeeds: 'results of seeds, of which none may be missing',
    verdict: 'an interval',
    wilson: 'two counts',
  },
  plot: {
    Figure: 'a class',
    curves: 'named curves',
    estimates: 'named estimates',
    plotly: 'a figure of plotly',
    trainingCurves: 'the history of a run',
  },
  notebook: {
    annotator: 'clips without scores',
    clearOutput: 'nothing',
    display: 'any value',
    gallery: 'clips to look at, of a table or its rows: see test/notebook/gallery.test.ts',
    html: 'a text',
    image: 'a picture',
    input: 'a question',
    json: 'any value',
    latex: 'a text',
    liveChart: 'numbers as they come',
    markdown: 'a text',
    npm: 'a command',
    pair: 'two clips, rows of a table as they are',
    parameter: 'a name',
    player: 'a clip, a row of a table as it is',
    progress: 'a count',
    progressOf: 'anything to walk over',
    sh: 'a command',
    stopwatch: 'nothing',
    svg: 'a text',
    time: 'a function',
  },
};

function ofLabelled(measure: {
  (table: Forms['table'] | readonly object[]): unknown;
  (
    scores: ArrayLike<number | null | undefined>,
    labels: ArrayLike<boolean | number | null | undefined>,
  ): unknown;
}): Measure {
  return [
    labelled,
    ({ table, rows, columns, lists }) => [
      measure(table),
      measure(rows),
      measure(columns.score, columns.pass),
      measure(lists.score, lists.pass),
    ],
  ];
}

function ofScores(
  measure: (scores: Forms['table'] | readonly object[] | ArrayLike<number | null | undefined>) => unknown,
): Measure {
  return [
    ['score'],
    ({ table, rows, columns, lists }) =>
      [table, rows, columns.score, lists.score].map((scores) => measure(scores)),
  ];
}

/** A measure of two columns of numbers, which takes a table or two lists. */
interface OfTwo {
  (table: Forms['table'] | readonly object[]): unknown;
  (first: ArrayLike<number | null | undefined>, second: ArrayLike<number | null | undefined>): unknown;
}

function ofTwo(measure: OfTwo, first: 'score' | 'chosen', second: 'rating' | 'rejected'): Measure {
  return [
    [first, second],
    ({ table, rows, columns, lists }) => [
      measure(table),
      measure(rows),
      measure(columns[first], columns[second]),
      measure(lists[first], lists[second]),
    ],
  ];
}

function ofPairs(measure: OfTwo): Measure {
  return ofTwo(measure, 'chosen', 'rejected');
}

function ofRated(measure: OfTwo): Measure {
  return ofTwo(measure, 'score', 'rating');
}

function ofSamples(
  measure: (
    before: Forms['table'] | readonly object[] | ArrayLike<number | null | undefined>,
    after: Forms['table'] | readonly object[] | ArrayLike<number | null | undefined>,
  ) => unknown,
): Measure {
  return [
    ['score', 'other'],
    ({ table, otherTable, rows, otherRows, columns, lists }) => [
      measure(table, otherTable),
      measure(rows, otherRows),
      measure(columns.score, columns.other),
      measure(lists.score, lists.other),
    ],
  ];
}

function ofSeries(measure: typeof analysis.spearman): Measure {
  return [
    ['score', 'rating'],
    ({ table, rows, columns, lists }) => {
      const ratings = rows.map(({ clip, rating }) => ({ clip, score: rating }));
      return [
        measure(table),
        measure(rows, { rating: 'rating' }),
        measure(rows, ratings),
        measure(columns.score, columns.rating),
        measure(lists.score, lists.rating),
      ];
    },
  ];
}

/** What a call gave, in what can be compared: of a figure what it draws and says. */
function shown(value: unknown): unknown {
  if (!(value instanceof Figure)) return value;
  // What clips are called is known of tables only.
  const data = value.data.objects().map(({ clip: _, ...row }: { clip?: string }) => row);
  return { traces: value.traces, summary: value.summary, title: value.layout.title, data };
}

/** A value without what it says of rows that are left out. */
function withoutCount(value: unknown): unknown {
  if (typeof value === 'string') return value.replace(/(; )?left out: .*$/, '');
  if (Array.isArray(value)) return value.map(withoutCount);
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).filter(
    ([name]) => !['leftOut', 'onlyFirst', 'onlySecond'].includes(name),
  );
  return Object.fromEntries(
    kept
      .map(([name, entry]) => [name, withoutCount(entry)] as const)
      .filter(([name, entry]) => name !== 'subtitle' || (entry as { text: string }).text !== ''),
  );
}

/** Tables that a notebook shows: of a table and of its rows the same; columns alone have no rows. */
const shownTables: Record<string, (forms: Forms) => unknown[]> = {
  table: ({ table, rows }) => [notebook.table(table), notebook.table(rows)].map(String),
};

describe('what is public', () => {
  it.each([
    ['analysis', analysis, measures, others.analysis],
    ['plot', plot, figures, others.plot],
    ['notebook', notebook, shownTables, others.notebook],
  ] as const)(
    'of %s is a measure of a table, of columns and of lists, or of something else',
    (_, face, known, rest) => {
      expect(Object.keys(face).sort()).toEqual([...Object.keys(known), ...Object.keys(rest)].sort());
    },
  );
});

it.each(Object.entries(shownTables))('notebook.%s shows a table as it shows its rows', (_, calls) => {
  const [first, second] = calls(formsOf(clean));
  expect(second).toEqual(first);
});

describe.each([
  ...Object.entries(measures).map(([name, measure]) => [`analysis.${name}`, measure] as const),
  ...Object.entries(figures).map(([name, measure]) => [`plot.${name}`, measure] as const),
])('%s', (_, [needs, calls]) => {
  const expected = shown(calls(formsOf(clean))[0]);

  it('is the same of a table, of rows, of columns of one type and of lists', () => {
    for (const value of calls(formsOf(clean))) expect(shown(value)).toEqual(expected);
  });

  it('leaves out what is missing, and counts it', () => {
    // Of as many rows as there are words for what is missing, in each column that is needed.
    const nothing = [null, undefined, Number.NaN];
    const gaps = needs.flatMap((name) =>
      nothing.map((value) => ({ ...clean[0], clip: `gap ${name} ${value}`, [name]: value })),
    );
    // In samples and pairs of models, what one has is of use without the other.
    const isApart = needs.includes('other') && !needs.includes('pass');
    const added = isApart
      ? nothing.map((value) => ({ ...clean[0], clip: `gap ${value}`, score: value, other: value }))
      : gaps;
    const given = [...clean.slice(0, 7), ...added, ...clean.slice(7)];
    for (const value of calls(formsOf(given)).map(shown)) {
      expect(withoutCount(value)).toEqual(withoutCount(expected));
      const first: unknown = Array.isArray(value) ? value[0] : value;
      if (typeof first !== 'object' || first === null || 'predicted' in first) continue;
      const text = JSON.stringify(first);
      const count = Number(
        /"leftOut":(\d+)/.exec(text)?.[1] ?? /(\d+) (rows? without|clips? of neither)/.exec(text)?.[1],
      );
      expect([added.length, 2 * added.length], text).toContain(count);
    }
  });

  it('refuses a column of which nothing is there, and what is neither missing nor a value', () => {
    for (const name of needs) {
      const isVerdict = ['pass', 'first', 'second'].includes(name);
      const wrong = isVerdict ? [0.7, 'Pass'] : [Number.POSITIVE_INFINITY, 'high'];
      const all = formsOf(clean.map((row) => ({ ...row, [name]: undefined })));
      expect(() => calls({ ...all, columns: formsOf(clean).columns }), name).toThrow(
        /none of 24 rows has a /,
      );
      for (const value of wrong) {
        const rows = clean.map((row, i) => (i === 2 ? { ...row, [name]: value } : row));
        const message = isVerdict
          ? `to be true or false, received ${value}`
          : `expected a finite number, received ${value}`;
        expect(() => calls(formsOf(rows)), `${name} ${value}`).toThrow(message);
      }
    }
  });
});
