import { brier, expectedCalibrationError } from '../../analysis/calibration.js';
import { cheapest, type ThresholdChoice, thresholdMistakes } from '../../analysis/chooseThreshold.js';
import { logistic, plattScaling } from '../../analysis/plattScaling.js';
import { wilson } from '../../analysis/wilson.js';
import { reliabilityCurve } from '../../plot/reliabilityCurve.js';
import { thresholdCosts } from '../../plot/thresholdCosts.js';
import type { Section } from '../part.js';
import type { LabelledScores } from '../scored.js';
import { count, fixed, interval, number, percent } from '../words.js';

/** Costs of a wrong Pass, in wrong Fails, besides the one that is asked for. */
const usualCosts = [0.2, 1, 5];

/** From score to decision: the logistic curve and its calibration, and the threshold for what mistakes cost. */
export function decision({ scores, labels, dimension }: LabelledScores, cost: number): Section {
  const curve = plattScaling(scores, labels);
  const probabilities = logistic(scores, curve);
  const expected = expectedCalibrationError(probabilities, labels);
  const score = brier(probabilities, labels);
  const passes = labels.filter(Boolean).length;
  const share = passes / labels.length;
  const mistakes = thresholdMistakes(scores, labels);
  const choices = [...new Set([...usualCosts, cost])]
    .sort((a, b) => a - b)
    .map((falsePass) => ({ falsePass, ...cheapest(mistakes, { falsePass }) }));
  const chosen = choices.find(({ falsePass }) => falsePass === cost)!;
  return {
    title: `From score to decision: ${dimension}`,
    parts: [
      {
        kind: 'figure',
        figure: reliabilityCurve(probabilities, labels),
        title: 'Calibration',
        text:
          `Scores are made probabilities by a logistic curve fitted to these same clips: P(Pass) = 1 / (1 + exp(−(` +
          `${number(curve.slope)} × score ${curve.intercept < 0 ? '−' : '+'} ${number(Math.abs(curve.intercept))}))). ` +
          `Expected calibration error ${fixed(expected)}, Brier score ${fixed(score)} ` +
          `(${fixed(share * (1 - share))} for always saying ${percent(share)}).`,
      },
      {
        kind: 'figure',
        figure: thresholdCosts(scores, labels, { falsePass: cost }),
        title: 'Choice of a threshold',
        text: `If a wrong Pass costs ${number(cost)} and a wrong Fail 1: ${choiceWords(chosen, labels, passes)}`,
      },
      {
        kind: 'table',
        header: ['a wrong Pass costs', 'pass from', 'wrong Passes', 'wrong Fails', 'cost of a clip'],
        rows: choices.map((choice) => [
          `${number(choice.falsePass)} × a wrong Fail`,
          number(choice.threshold),
          choice.falsePasses,
          choice.falseFails,
          number(choice.cost),
        ]),
        text: 'The thresholds are the cheapest on these same clips; on new ones expect a little more.',
      },
    ],
    values: { logistic: curve, expectedCalibrationError: expected, brier: score, thresholds: choices },
  };
}

function choiceWords(choice: ThresholdChoice, labels: readonly boolean[], passes: number): string {
  const wrong = choice.falsePasses + choice.falseFails;
  const right = wilson(labels.length - wrong, labels.length);
  const rule = Number.isFinite(choice.threshold)
    ? `the cheapest is to pass clips from ${number(choice.threshold)} on`
    : 'the cheapest is to pass nothing';
  return (
    `${rule}. ${percent(choice.falsePasses / (labels.length - passes))} of the failing clips get through and ` +
    `${percent(choice.falseFails / passes)} of the passing ones do not (${count(wrong, 'mistake')}, ` +
    `${interval(right, percent)} right).`
  );
}
