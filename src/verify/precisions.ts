import { Compiled, compiles } from '../engine/compile.js';
import type { EngineName } from '../engine/names.js';
import { atPrecision, type Precision } from '../engine/precision.js';
import { tf } from '../engine/tf.js';
import { batchOf, disposeBatch, tensorsOf } from '../model/input/batch.js';
import { load } from '../model/load.js';
import { type FixtureReader, Fixtures } from './fixtures.js';
import { relativeError } from './measure.js';
import { Sample } from './sample.js';

/** The largest error of a precision. */
export interface PrecisionError {
  precision: Precision;
  /** max |received - official| / max |official| over the rewards of a model. */
  error: number;
  /** The model that has it. */
  model: string;
}

/** The precisions that an engine has besides float32. */
export function otherPrecisions(engine: EngineName): Precision[] {
  if (!compiles()) return [];
  return engine === 'cuda' ? ['tf32', 'bfloat16'] : ['bfloat16'];
}

/**
 * The errors of the rewards of the models of `checkpoints/` at some precisions, compiled as `score` does; a model whose
 * fixtures are damaged is left out, as `verify` names it. Empty where there is no model.
 */
export async function precisionErrors(
  folder: string,
  precisions: readonly Precision[],
): Promise<PrecisionError[]> {
  const fixtures = new Fixtures(folder);
  const worst = new Map<Precision, PrecisionError>();
  for (const name of precisions.length > 0 ? await fixtures.names('checkpoints') : []) {
    const io = await fixtures.json('checkpoints', name, 'io.json').catch(() => undefined);
    const errors = io && (await errorsOf(fixtures, name, io, precisions).catch(() => undefined));
    for (const found of errors ?? []) {
      if (!(found.error <= (worst.get(found.precision)?.error ?? -1))) worst.set(found.precision, found);
    }
  }
  return [...worst.values()];
}

async function errorsOf(
  fixtures: Fixtures,
  name: string,
  io: FixtureReader,
  precisions: readonly Precision[],
): Promise<PrecisionError[]> {
  const copy = io.has('inputs');
  const stored = await fixtures.tensors(
    ...(copy ? io.text('inputs').split('/') : ['checkpoints', name, 'io.safetensors']),
  );
  const official = copy ? io.numbers('reward_scores_float32_compute') : stored.floats('reward_scores').data;
  const model = await load(fixtures.path('checkpoints', name));
  const batch = new Sample(model, stored).batch();
  const compiled = new Compiled(
    (tensors) => [model.forward(batchOf(tensors, batch.grids))],
    () => model.weights.values(),
  );
  try {
    const errors: PrecisionError[] = [];
    for (const precision of precisions) {
      const [rewards] = await atPrecision(precision, () =>
        compiled.call(tensorsOf(batch), { given: batch.grids }),
      );
      const error = relativeError(await rewards.data(), official);
      tf.dispose(rewards);
      errors.push({ precision, error, model: name });
    }
    return errors;
  } finally {
    disposeBatch(batch);
    compiled.dispose();
    model.dispose();
  }
}
