import { type Scalar, type Tensor1D, tf } from '../engine/tf.js';
import { bce } from '../loss/bce.js';
import { bt } from '../loss/bt.js';
import { bttPerPair } from '../loss/btt.js';
import { btWt } from '../loss/btWt.js';
import { combined } from '../loss/combined.js';
import type { Loss } from '../loss/loss.js';
import type { FixtureReader, Fixtures } from './fixtures.js';
import { guarded, type Item, relativeError } from './measure.js';

/** Gradients of far apart rewards are zero but for rounding; a pair's gradient is at most 2. */
const gradientFloor = 0.1;

/** The losses of `losses.json`: an item a case, of its loss, values of the pairs, logged parts and gradients. */
export async function* losses(fixtures: Fixtures): AsyncGenerator<Item> {
  for (const given of (await fixtures.json('losses.json')).objects('cases')) {
    const name = `losses ${given.has('id') ? given.text('id') : given.where}`;
    yield* guarded(name, async function* () {
      yield { name, error: await errorOf(given) };
    });
  }
}

async function errorOf(given: FixtureReader): Promise<number> {
  const chosen = given.numbers('rewards_chosen');
  const rejected = given.numbers('rewards_rejected');
  const loss = lossOf(given);
  const tensors = tf.tidy(() => {
    const [c, r] = [tf.tensor1d(chosen), tf.tensor1d(rejected)];
    const [tie, labels] = qualitiesOf(given, chosen.length);
    const value = loss(c, r, tie, labels);
    const [gradChosen, gradRejected] = tf.grads(
      (a, b) => loss(a as Tensor1D, b as Tensor1D, tie, labels).loss,
    )([c, r]);
    return { ...value.terms, loss: value.loss, perPair: value.perPair, gradChosen, gradRejected };
  });
  const read = async (name: string) => (tensors as unknown as Record<string, Tensor1D>)[name].data();
  try {
    const errors = [
      relativeError(await read('loss'), [given.number('loss')]),
      relativeError(await read('gradChosen'), given.numbers('grad_chosen'), gradientFloor),
      relativeError(await read('gradRejected'), given.numbers('grad_rejected'), gradientFloor),
    ];
    if (given.has('loss_per_pair')) {
      errors.push(relativeError(await read('perPair'), given.numbers('loss_per_pair')));
    }
    if (given.has('logged')) {
      const logged = given.object('logged');
      for (const part of ['bt', 'btt', 'bce']) {
        errors.push(relativeError(await read(part), [logged.number(`${part}_loss`)]));
      }
    }
    return Math.max(...errors);
  } finally {
    tf.dispose(tensors);
  }
}

/** Ties and labels by the official rules: equal qualities, and a quality above 0. */
function qualitiesOf(given: FixtureReader, pairs: number) {
  if (!given.has('quality_chosen')) return [tf.zeros([pairs]) as Tensor1D] as const;
  const [chosen, rejected] = [given.numbers('quality_chosen'), given.numbers('quality_rejected')];
  const flags = (flag: (i: number) => boolean) => tf.tensor1d(chosen.map((_, i) => (flag(i) ? 1 : 0)));
  const labels = { chosen: flags((i) => chosen[i] > 0), rejected: flags((i) => rejected[i] > 0) };
  return [flags((i) => chosen[i] === rejected[i]), labels] as const;
}

function lossOf(given: FixtureReader): Loss {
  const params = given.has('params') ? given.object('params') : given;
  const kind = given.text('kind');
  switch (kind) {
    case 'bt':
      return bt({ margin: params.number('reward_margin'), smoothing: params.number('label_smoothing') });
    case 'btt':
      return (chosen, rejected) => {
        const perPair = bttPerPair(tf.sub(chosen, rejected) as Tensor1D, params.number('reward_margin'));
        return { perPair, loss: tf.mean(perPair) as Scalar };
      };
    case 'bce':
      return bce({ smoothing: params.number('label_smoothing') });
    case 'bt_wt':
      return btWt();
    case 'combined':
      return combined({
        margin: params.number('reward_margin'),
        bt: params.number('bt_loss_coeff'),
        btt: params.number('enable_btt_loss') ? params.number('btt_loss_coeff') : 0,
        bce: params.number('bce_loss_coeff'),
        smoothing: params.number('bt_label_smoothing'),
        bceSmoothing: params.number('bce_label_smoothing'),
        terms: 'official',
      });
    default:
      throw new Error(`${given.where}: unknown kind "${kind}", expected bt, btt, bce, bt_wt or combined`);
  }
}
