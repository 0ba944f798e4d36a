import { type Tensor1D, tf } from '../../src/engine/tf.js';
import type { Loss } from '../../src/loss/loss.js';
import type { LossCase } from './goldenLosses.js';

/** Plain numbers of a loss and its gradients. */
export interface Evaluated {
  loss: number;
  perPair: number[];
  terms: Record<string, number>;
  gradChosen: number[];
  gradRejected: number[];
}

/** A loss and its gradients at some rewards. Ties and labels are those of the qualities, as in the official code. */
export async function evaluate(
  loss: Loss,
  rewards: Pick<LossCase, 'rewards_chosen' | 'rewards_rejected'> & Partial<LossCase>,
  tie?: number[],
): Promise<Evaluated> {
  const { rewards_chosen: c, rewards_rejected: r, quality_chosen: qc, quality_rejected: qr } = rewards;
  const before = tf.memory().numTensors;
  const tensors = tf.tidy(() => {
    const ties = tf.tensor1d(tie ?? c.map((_, i) => (qc && qr && qc[i] === qr[i] ? 1 : 0)));
    const pass = (quality: number[]) => tf.tensor1d(quality.map((q) => (q > 0 ? 1 : 0)));
    const labels = qc && qr ? { chosen: pass(qc), rejected: pass(qr) } : undefined;
    const [chosen, rejected] = [tf.tensor1d(c), tf.tensor1d(r)];
    const grads = tf.grads((a, b) => loss(a as Tensor1D, b as Tensor1D, ties, labels).loss);
    const [gradChosen, gradRejected] = grads([chosen, rejected]);
    const value = loss(chosen, rejected, ties, labels);
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
