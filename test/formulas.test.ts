import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { allPairRatio } from '../src/analysis/allPairRatio.js';
import { auc } from '../src/analysis/auc.js';
import { bestF1 } from '../src/analysis/bestF1.js';
import { bestOfN } from '../src/analysis/bestOfN.js';
import { groupAdvantages } from '../src/analysis/groupAdvantages.js';
import { meanMargin } from '../src/analysis/pairs.js';
import { scoreCollapse } from '../src/analysis/scoreCollapse.js';
import { krippendorffAlpha } from '../src/data/votes/agreementMeasures.js';
import { estimateDawidSkene } from '../src/data/votes/dawidSkene.js';
import { type Tensor1D, tf } from '../src/engine/tf.js';
import { bce } from '../src/loss/bce.js';
import { bt } from '../src/loss/bt.js';
import { btWt } from '../src/loss/btWt.js';
import { combined } from '../src/loss/combined.js';
import type { Loss } from '../src/loss/loss.js';
import { winTie } from '../src/loss/winTie.js';
import { surrogate } from '../src/posttrain/grpo.js';
import { learningRateAt } from '../src/train/schedule.js';

const docs = fileURLToPath(new URL('../docs/', import.meta.url));
/** The formulas of the pages: the lines of the blocks without a language that hold one. */
const written = readdirSync(docs)
  .filter((name) => name.endsWith('.md'))
  .flatMap((name) =>
    [...readFileSync(`${docs}${name}`, 'utf8').matchAll(/^```(\w*)\n(.*?)^```/gms)]
      .filter(([, language]) => language === '')
      .flatMap(([, , block]) => block.split('\n').filter((line) => line.trim() !== '' && isFormula(line))),
  );
function isFormula(line: string): boolean {
  return /[=∝←{]|sp\(|maximise|lr u/.test(line) && !/: (clip|score|group|prompt):/.test(line);
}

const sp = (x: number) => Math.log1p(Math.exp(-Math.abs(x))) + Math.max(x, 0);
const sigma = (x: number) => 1 / (1 + Math.exp(-x));
const f1 = (right: number, wrong: number) => (right === 0 ? 0 : (2 * right) / (2 * right + wrong));
const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
const m = 3;
const differences = [-2, -0.3, 0, 0.7, 4];

/** Value of each pair and its gradient by d, at rewards whose difference is d. */
function pairs(loss: Loss, tie: 0 | 1): { value: number[]; gradient: number[] } {
  const of = (d: Tensor1D) =>
    loss(tf.add(d, 0.5) as Tensor1D, tf.fill([d.size], 0.5) as Tensor1D, tf.fill([d.size], tie) as Tensor1D)
      .perPair;
  const d = tf.tensor1d(differences);
  return {
    value: Array.from(of(d).dataSync()),
    gradient: Array.from(
      tf
        .grad((x) => tf.sum(of(x as Tensor1D)))(d)
        .dataSync(),
    ),
  };
}
const near = (values: readonly number[], expected: readonly number[]) => {
  expect(values).toHaveLength(expected.length);
  for (const [i, value] of values.entries()) expect(value).toBeCloseTo(expected[i], 5);
};

const scores = [1, 2, 3, 4, 4, 0.5, 2.5];
const labels = [false, true, false, true, false, false, true];
const passing = scores.filter((_, i) => labels[i]);
const failing = scores.filter((_, i) => !labels[i]);

/** Each formula as a page writes it, and the code beside the same in plain arithmetic. */
const formulas: Record<string, () => void> = {
  'allPairRatio = |{(x, y) : x passes, y fails, s(x) > s(y)}| / (n m)       n pass and m fail; a tie counts as wrong':
    () => {
      const right = passing.flatMap((x) => failing.filter((y) => x > y)).length;
      expect(allPairRatio(scores, labels)).toBeCloseTo(right / (passing.length * failing.length), 12);
    },
  'AUC          = the same with ties as a half': () => {
    const half = passing.flatMap((x) => failing.map((y) => (x > y ? 1 : x === y ? 0.5 : 0)));
    expect(auc(scores, labels)).toBeCloseTo(mean(half), 12);
  },
  'margin       = mean of s(chosen) - s(rejected)': () => {
    expect(meanMargin([3, 2], [1, 4])).toBe(mean([3 - 1, 2 - 4]));
  },
  'best F1      = the largest (n F1(pass) + m F1(fail)) / (n + m) of `score >= t` over 100 thresholds t from the lowest score to the highest':
    () => {
      const weighted = (s: readonly number[], y: readonly boolean[]) => {
        const [low, high] = [Math.min(...s), Math.max(...s)];
        return Math.max(
          ...Array.from({ length: 100 }, (_, i) => {
            const t = i === 99 ? high : low + (i * (high - low)) / 99;
            const wrong = s.filter((score, j) => score >= t !== y[j]).length;
            const [pass, fail] = [true, false].map((label) =>
              s.filter((score, j) => y[j] === label && score >= t === label),
            );
            const n = y.filter(Boolean).length;
            return (n * f1(pass.length, wrong) + (y.length - n) * f1(fail.length, wrong)) / y.length;
          }),
        );
      };
      expect(bestF1(scores, labels).f1).toBeCloseTo(weighted(scores, labels), 12);
      expect(bestF1([1, 2, 3, 4], [false, true, false, true]).f1).toBeCloseTo(0.7333333, 6);
    },
  'collapse     = clusters of scores nearer to each other than a tolerance, and the share of the largest':
    () => {
      expect(scoreCollapse([1, 1.05, 1.1, 3], { tolerance: 0.06 })).toEqual({
        distinct: 2,
        largestShare: 0.75,
      });
    },
  'sp(x) = ln(1 + e^x)        d = r(chosen) - r(rejected)        m the margin': () => {
    near(
      differences.map(sp),
      differences.map((x) => Math.log(1 + Math.exp(x))),
    );
  },
  'BT         sp(m - d)                                            win-lose pairs': () => {
    const { value, gradient } = pairs(bt({ margin: m }), 0);
    near(
      value,
      differences.map((d) => sp(m - d)),
    );
    near(
      gradient,
      differences.map((d) => -sigma(m - d)),
    );
    near(
      pairs(bt({ margin: 0, smoothing: 0.1 }), 0).value,
      differences.map((d) => 0.9 * sp(-d) + 0.1 * sp(d)),
    );
  },
  'tie        sp(m - d) + sp(m + d)                                win-ties, and lose-ties if there are any':
    () => {
      const { value, gradient } = pairs(winTie({ margin: m }), 1);
      near(
        value,
        differences.map((d) => sp(m - d) + sp(m + d)),
      );
      near(
        gradient,
        differences.map((d) => sigma(m + d) - sigma(m - d)),
      );
    },
  "winTie()   mean over the pairs of the two                       the official code's BT-WT, m = 3": () => {
    const [chosen, rejected, tie] = [
      [1, 2],
      [0.5, 3],
      [0, 1],
    ].map((values) => tf.tensor1d(values));
    near([winTie()(chosen, rejected, tie).loss.dataSync()[0]], [mean([sp(3 - 0.5), sp(3 + 1) + sp(3 - 1)])]);
  },
  "btWt()     μ sp(-d) + (1 - μ) sp(d), μ = 1, in a tie 1/2        the paper's BT-WT, no margin": () => {
    near(
      pairs(btWt(), 0).value,
      differences.map((d) => sp(-d)),
    );
    const { value, gradient } = pairs(btWt(), 1);
    near(
      value,
      differences.map((d) => (sp(-d) + sp(d)) / 2),
    );
    near(
      gradient,
      differences.map((d) => (sigma(d) - sigma(-d)) / 2),
    );
  },
  'BCE        sp(r) - y r                                          of each clip, y its own label': () => {
    near(
      pairs(bce(), 0).value,
      differences.map((d) => mean([sp(d + 0.5) - (d + 0.5), sp(0.5)])),
    );
    const both = combined({ bt: 1, btt: 1, bce: 0.5, margin: m });
    near(
      pairs(both, 0).value,
      differences.map((d) => sp(m - d) + 0.5 * mean([sp(d + 0.5) - (d + 0.5), sp(0.5)])),
    );
  },
  'A_i = (r_i - mean of the group) / deviation of the group': () => {
    const deviation = Math.sqrt((1 + 0 + 1) / 2);
    near(groupAdvantages([1, 2, 3], ['p', 'p', 'p']).advantages, [-1 / deviation, 0, 1 / deviation]);
  },
  'maximise  mean[ min(ρ A, clip(ρ, 1 - ε, 1 + ε) A) ] - β KL(π ‖ π_0)      the KL in closed form here':
    () => {
      const [ratios, advantages] = [
        [0.5, 1.1, 1.5, 0.7],
        [1, -1, 2, -2],
      ];
      const each = ratios.map((r, i) =>
        Math.min(r * advantages[i], Math.min(1.2, Math.max(0.8, r)) * advantages[i]),
      );
      near([surrogate(tf.tensor1d(ratios), tf.tensor1d(advantages), 0.2).dataSync()[0]], [mean(each)]);
      for (const { n, kl } of bestOfN([1, 2, 3, 4], [1, 2, 3, 4], ['p', 'p', 'p', 'p']))
        expect(kl).toBeCloseTo(Math.log(n) - (n - 1) / n, 12);
    },
  'warm-up   lr u / (W + 1), then constant, linear or cosine; or the official logarithmic one': () => {
    const options = { learningRate: 0.1, warmup: 4, steps: 20 };
    const at = (schedule: 'constant' | 'logarithmic') => (u: number) =>
      learningRateAt(u, { ...options, schedule });
    near(
      [1, 2, 3, 4].map(at('constant')),
      [1, 2, 3, 4].map((u) => (0.1 * u) / 5),
    );
    near([5, 20].map(at('constant')), [0.1, 0.1]);
    near([2, 3, 9].map(at('logarithmic')), [0, (0.1 * Math.log(2)) / Math.log(4), 0.1]);
  },
  'alpha = 1 - D_o / D_e': () => {
    const matrix = [
      [true, true, false],
      [false, false, null],
      [true, null, true],
      [false, true, true],
    ];
    const counts = matrix.map((row) => {
      const votes = row.filter((vote) => vote !== null);
      return { v: votes.length, p: votes.filter(Boolean).length };
    });
    const total = counts.reduce((sum, { v }) => sum + v, 0);
    const passes = counts.reduce((sum, { p }) => sum + p, 0);
    const observed = counts.reduce((sum, { v, p }) => sum + (2 * p * (v - p)) / (v - 1), 0) / total;
    const expected = (2 * passes * (total - passes)) / (total * (total - 1));
    expect(krippendorffAlpha(matrix)).toBeCloseTo(1 - observed / expected, 12);
  },
  'posterior(clip is c)  ∝  prior_c Π_annotators confusion[annotator][c][vote]': () => {
    const votes = ['TTF', 'FFT', 'TTT', 'FFF', 'TFT', 'TTF'].map((row) => ({
      votes: [...row].map((vote, i) => ({ annotator: `a${i}`, pass: vote === 'T' })),
    }));
    const { posterior, prior, annotators } = estimateDawidSkene(votes as never);
    const again = votes.map(({ votes: own }) => {
      const weights = [prior, 1 - prior];
      for (const { annotator, pass } of own) {
        const { falsePass, falseFail } = annotators.get(annotator)!;
        weights[0] *= pass ? 1 - falseFail : falseFail;
        weights[1] *= pass ? falsePass : 1 - falsePass;
      }
      return weights[0] / (weights[0] + weights[1]);
    });
    near(posterior, again);
    expect(prior).toBeCloseTo(mean(posterior), 8);
  },
};

/** Formulas that other tests compute anew beside the code: where. */
const elsewhere: Record<string, string> = {
  'AdamW     w ← w - lr (m̂ / (√v̂ + ε) + λ w)': 'train/adamw.test.ts',
  "update    g = mean of the batches' gradients, scaled by min(1, c / (|g| + 1e-6)), c = 1":
    'train/trainStep.test.ts',
  'win-lose  {(x, y) : x passes, y fails}            n m pairs': 'pairing/crossPrompt.test.ts',
  'win-tie   {(x, y) : x and y pass, x ≠ y}          a share of the stream, 0.25 by default':
    'pairing/crossPrompt.test.ts',
  'D_o = (1/V) Σ_clips 2 p f / (v - 1)       v votes on a clip, p Pass and f Fail': 'formulas.test.ts',
  'D_e = 2 P F / (V (V - 1))                 V votes in all, P Pass and F Fail': 'formulas.test.ts',
  'prior, confusion      =  means of the posteriors, shares of the votes weighted by them':
    'data/votes/dawidSkene.test.ts',
  'ρ_i = π(a_i) / π_old(a_i)': 'posttrain/grpo.test.ts',
  'r = Σ_k w_k max(floor_k, z_k),   z_k = (s_k - mean_k) / deviation_k': 'reward/mix.test.ts',
  'wins   = (|{c > v}| + |{c = v}| / 2) / n': 'audit/effect.test.ts',
  'drop   = mean(c - v) / s                    with its percentile bootstrap 95% interval over clips, s kept':
    'audit/effect.test.ts',
  'p      = share of the 2^n ways to flip the signs of c - v in which |sum| is at least as large as it is':
    'audit/signFlip.test.ts',
};

describe('formulas of the documentation', () => {
  it.each(Object.keys(formulas))('%s', (formula) => {
    expect(written).toContain(formula);
    formulas[formula]();
  });

  it('has a test for every formula', () => {
    const heads = written.filter((line) => /^(q_|z {3}=|r {3}=|A\(q, h\)|h_0)/.test(line));
    expect(heads).toHaveLength(5);
    const known = new Set([...Object.keys(formulas), ...Object.keys(elsewhere), ...heads]);
    expect(written.filter((line) => !known.has(line))).toEqual([]);
    for (const file of Object.values(elsewhere))
      expect(existsSync(fileURLToPath(new URL(file, import.meta.url)))).toBe(true);
  });
});
