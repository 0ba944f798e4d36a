import { allPairRatio } from '../analysis/allPairRatio.js';
import { auc } from '../analysis/auc.js';
import { bestF1 } from '../analysis/bestF1.js';
import { pairAccuracy } from '../analysis/pairs.js';
import { rocCurve } from '../analysis/rocCurve.js';
import {
  completeFleissKappa,
  fleissKappa,
  krippendorffAlpha,
  meanItemAgreement,
  pairAgreement,
  rawAgreement,
  type VoteMatrix,
} from '../data/votes/agreementMeasures.js';
import { estimateDawidSkene } from '../data/votes/dawidSkene.js';
import type { FixtureReader, Fixtures } from './fixtures.js';
import { guarded, type Item, relativeError, Worst } from './measure.js';

/** The numbers of `metrics.json`, all computed in double precision without the engine. */
export async function* metrics(fixtures: Fixtures): AsyncGenerator<Item> {
  const file = await fixtures.json('metrics.json');
  for (const [i, set] of file.objects('score_sets').entries()) {
    const name = `metrics of scores ${i}`;
    yield* guarded(name, async function* () {
      yield { name, error: scoreError(set) };
    });
  }
  for (const [i, table] of file.objects('annotation_tables').entries()) {
    const name = `metrics of annotations ${i}`;
    yield* guarded(name, async function* () {
      const matrix = matrixOf(table);
      yield { name, error: agreementError(matrix, table.object('expected')) };
      if (table.has('dawid_skene')) {
        yield { name: `${name}: Dawid-Skene`, error: dawidSkeneError(matrix, table.object('dawid_skene')) };
      }
    });
  }
}

function scoreError(set: FixtureReader): number {
  const [chosen, rejected] = [set.numbers('chosen'), set.numbers('rejected')];
  const scores = [...chosen, ...rejected];
  const labels = scores.map((_, i) => i < chosen.length);
  const { truePositiveRate, falsePositiveRate } = rocCurve(scores, labels);
  const received = {
    sample_pair_positive_ratio: pairAccuracy(chosen, rejected),
    all_pair_positive_ratio: allPairRatio(scores, labels),
    best_f1_score: bestF1(scores, labels).f1,
    auc: auc(scores, labels),
    best_youden: Math.max(...truePositiveRate.map((rate, i) => rate - falsePositiveRate[i])),
  };
  const expected = set.object('expected');
  const errors = Object.entries(received).map(([name, value]) =>
    relativeError([value], [expected.number(name)]),
  );
  return Math.max(...errors);
}

function matrixOf(table: FixtureReader): VoteMatrix {
  return table.list('table').map((item) => {
    if (!Array.isArray(item)) throw new Error(`${table.where}: an item of the table is not a list`);
    return item.map((vote) => (vote === null ? null : vote === 1));
  });
}

function agreementError(matrix: VoteMatrix, expected: FixtureReader): number {
  const worst = new Worst();
  worst.add([krippendorffAlpha(matrix)], [expected.number('krippendorff_alpha_nominal')]);
  worst.add(
    [fleissKappa(matrix)],
    [expected.object('fleiss_kappa_all_items_with_2_or_more').number('kappa')],
  );
  worst.add([completeFleissKappa(matrix)], [expected.object('fleiss_kappa_complete_items').number('kappa')]);
  worst.add([rawAgreement(matrix)], [expected.number('raw_agreement_pooled_pairs')]);
  worst.add([meanItemAgreement(matrix)], [expected.number('raw_agreement_item_mean')]);
  const pairwise = expected.object('pairwise');
  for (const pair of pairwise.names) {
    const [first, second] = pair.split(',').map(Number);
    const { items, agreement, kappa } = pairAgreement(matrix, first, second);
    const official = pairwise.object(pair);
    worst.add([items], [official.number('items')]);
    // Kappa is a difference that may cancel: to the size of the agreement.
    worst.add([agreement, kappa], [official.number('agreement'), official.number('cohen_kappa')]);
  }
  return worst.error;
}

function dawidSkeneError(matrix: VoteMatrix, expected: FixtureReader): number {
  const votes = matrix.map((item) => ({
    votes: item.flatMap((pass, j) => (pass === null ? [] : [{ annotator: `${j}`, pass }])),
  }));
  const worst = new Worst();
  const early = expected.object('after_10_iterations');
  const { posterior, prior, annotators } = estimateDawidSkene(votes, { maxIterations: 10 });
  worst.add(posterior, early.numbers('posterior_positive'));
  worst.add([1 - prior, prior], early.numbers('class_prior'));
  const confusion = matrix[0].flatMap((_, j) => {
    const { falsePass, falseFail } = annotators.get(`${j}`) ?? {
      falsePass: Number.NaN,
      falseFail: Number.NaN,
    };
    return [1 - falsePass, falsePass, falseFail, 1 - falseFail];
  });
  worst.add(confusion, early.numbers('confusion'));
  const late = expected.object('converged').numbers('posterior_positive');
  worst.add(estimateDawidSkene(votes).posterior, late);
  return worst.error;
}
