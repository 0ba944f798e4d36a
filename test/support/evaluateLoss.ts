import { type Tensor1D, tf } from '../../src/engine/tf.js';
import type { Loss } from '../../src/loss/loss.js';

/** Plain numbers of a loss and its gradients. */
export interface Evaluated {
  loss: number;
  perPair: number[];
  terms: Record<string, number>;
  gradChosen: number[];
  gradRejected: number[];
}

/** A loss and its gradients at some rewards. @param tie 1 for a pair of equal quality; by default there is none. */
export async function evaluate(
  loss: Loss,
  { rewards_chosen: c, rewards_rejected: r }: { rewards_chosen: number[]; rewards_rejected: number[] },
  tie = c.map(() => 0),
): Promise<Evaluated> {
  const before = tf.memory().numTensors;
  const tensors = tf.tidy(() => {
    const ties = tf.tensor1d(tie);
    const [chosen, rejected] = [tf.tensor1d(c), tf.tensor1d(r)];
    const grads = tf.grads((a, b) => loss(a as Tensor1D, b as Tensor1D, ties).loss);
    const [gradChosen, gradRejected] = grads([chosen, rejected]);
    const value = loss(chosen, rejected, ties);
    return { ...value.terms, loss: value.loss, perPair: value.perPair, gradChosen, gradRejected };
  });
  const numbers: Record<string, number[]> = {};
  for (const [name, tensor] of Object.entries(tensors)) numbers[name] = Array.from(await tensor.data());
  tf.dispose(tensors);
  if (tf.memory().numTensors !== before) throw new Error('the loss leaks tensors');
  const { loss: value, perPair, gradChosen, gradRejected, ...terms } = numbers;
  return {
    loss: value[0],
    perPair,
    gradChosen,
    gradRejected,
    terms: Object.fromEntries(Object.entries(terms).map(([name, [mean]]) => [name, mean])),
  };
}
