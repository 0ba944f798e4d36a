import { isRecording } from './recording.js';
import { type Tensor, tf, type Variable } from './tf.js';

let active = false;

/** Whether `recomputed` keeps nothing, for what runs inside of an action. */
export function recomputing<T>(on: boolean, action: () => T): T {
  const before = active;
  active = on;
  try {
    return action();
  } finally {
    active = before;
  }
}

/**
 * x, but not before dy is there: what is computed from it in a gradient is not merged with the same computation of the
 * forward pass, whose result would be kept all the while.
 */
export function after<T extends Tensor>(x: T, dy: Tensor): T {
  if (!isRecording()) return x;
  const first = tf.slice(
    dy,
    dy.shape.map(() => 0),
    dy.shape.map(() => 1),
  );
  // 0 whatever dy is, which no optimizer sees.
  return tf.add(x, tf.reshape(tf.minimum(tf.abs(first), 0), [])) as T;
}

/**
 * y = f(x), of which nothing but x is kept for the gradient inside of `recomputing`: it computes f once more. Source: Chen et al. 2016,
 * "Training Deep Nets with Sublinear Memory Cost".
 * @param constants that f takes besides; they get no gradient. @param variables all that f uses.
 */
export function recomputed<T extends Tensor>(
  x: T,
  constants: readonly Tensor[],
  variables: readonly Variable[],
  f: (x: T, constants: Tensor[]) => T,
): T {
  if (!active) return tf.tidy(() => f(x, [...constants]));
  const op = tf.customGrad((...args: unknown[]) => {
    const save = args[args.length - 1] as (tensors: Tensor[]) => void;
    save([x, ...constants]);
    const gradFunc = (dy: Tensor, [kept, ...rest]: Tensor[]) => {
      // A gradient inside of a gradient ends the outer one's tape.
      const { state } = tf.engine() as unknown as { state: { activeTape: unknown } };
      const tape = state.activeTape;
      try {
        const again = ((input: T) => f(input, rest)) as unknown as Parameters<typeof tf.grads>[0];
        return tf.grads(again)([after(kept, dy), ...variables], dy);
      } finally {
        state.activeTape = tape;
      }
    };
    return { value: tf.tidy(() => f(x, [...constants])), gradFunc };
  });
  return op(x, ...variables) as T;
}
