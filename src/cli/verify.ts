import { type EngineName, use } from '../engine/use.js';
import { otherPrecisions, precisionErrors } from '../verify/precisions.js';
import { verify as compare } from '../verify/verify.js';
import { parse, UsageError, type Verb } from './verb.js';

/**
 * `solireward verify`: compares an engine, in float32, with fixtures; 1 when an item is above the tolerance. The errors of
 * the engine's other precisions are printed beside it.
 */
export const verify: Verb = {
  usage: `  solireward verify FIXTURES [--tolerance 1e-4] [--engine auto]
                                               compare what this machine computes with official numbers`,

  async run(args) {
    const text = { type: 'string' } as const;
    const { values, positionals } = parse(args, { tolerance: text, engine: text });
    if (positionals.length !== 1) throw new UsageError('verify needs one folder of fixtures');
    const tolerance = Number(values.tolerance ?? 1e-4);
    if (!(tolerance > 0))
      throw new UsageError(`verify: the tolerance has to be above 0, not ${values.tolerance}`);

    const name = (values.engine ?? 'auto') as EngineName;
    const { engine, library } = await use(name, { precision: 'float32' });
    console.log(`${engine}: ${library}; float32; relative errors, tolerance ${tolerance}`);
    let [count, failed] = [0, 0];
    for await (const { name, error, allowance = 1, reason } of compare(positionals[0])) {
      const ok = error <= tolerance * allowance;
      count++;
      if (!ok) failed++;
      const limit = allowance === 1 ? '' : ` (tolerance x ${allowance})`;
      console.log(
        `${ok ? 'ok' : 'FAILED'}`.padEnd(7),
        error.toExponential(1).padStart(8),
        ` ${name}${limit}`,
      );
      if (reason) console.log(`        ${reason}`);
    }
    for (const { precision, error, model } of await precisionErrors(
      positionals[0],
      otherPrecisions(engine),
    )) {
      const largest = error.toExponential(1);
      console.log(`for information: in ${precision} the largest error of rewards is ${largest} (${model})`);
    }
    console.log(failed === 0 ? `all ${count} items agree` : `${failed} of ${count} items FAILED`);
    return failed === 0 ? 0 : 1;
  },
};
