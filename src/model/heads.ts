import { isDeepStrictEqual } from 'node:util';
import type { Variable } from '../engine/tf.js';
import { headSpecs } from './parameters.js';
import { RewardHeads } from './rewardHeads.js';
import { RewardModel } from './rewardModel.js';
import { parameter } from './weights/weights.js';

/** What a dimension may be called: its runs are in a folder of that name. */
const allowed = /^[\p{L}\p{N}_][\p{L}\p{N}_. -]*$/u;

/**
 * Several heads over one backbone as one model: trained by one `fit`, scored, served and audited with one look at each clip.
 * The models are taken over: equal backbones are kept once, and each head's card gets its dimension.
 * @param models of each dimension one, or several as an ensemble: new heads by `newHead`, or loaded ones
 * @throws {RangeError} for none, one that is there twice, a name that is not a folder's, a `good_token`; Error where settings,
 *   prompts or weights before the heads differ: nothing is taken over then
 */
export async function heads(
  models: Readonly<Record<string, RewardModel | readonly RewardModel[]>>,
): Promise<RewardHeads> {
  const given = Object.entries(models).map(
    ([dimension, own]) => [dimension, [own].flat() as RewardModel[]] as const,
  );
  checkNames(given);
  const all = given.flatMap(([, own]) => own);
  checkHeads(all);
  const [first, ...others] = all;
  for (const other of others) await checkBackbone(first, other);

  const spare = new Set<Variable>();
  const members = given.map(([dimension, own]) => {
    const over = own.map((model) => {
      const ofHead = headSpecs(model.config);
      const weights = new Map(
        [...model.weights].map(([name, variable]) => {
          const kept = ofHead.has(name) ? variable : parameter(first.weights, name);
          if (kept !== variable) spare.add(variable);
          return [name, kept];
        }),
      );
      return new RewardModel(model.config, weights, first.processor, { ...model.card, dimension });
    });
    return [dimension, over] as const;
  });
  for (const variable of spare) variable.dispose();
  return new RewardHeads(new Map(members));
}

function checkNames(given: readonly (readonly [string, readonly RewardModel[]])[]): void {
  if (given.length === 0) throw new RangeError('heads: expected at least one dimension, received none');
  const names = given.flatMap(([dimension, { length }]) => {
    if (!allowed.test(dimension)) {
      throw new RangeError(
        `heads: expected a dimension of letters, digits, spaces, ".", "-" and "_", received "${dimension}"`,
      );
    }
    if (length === 0) throw new RangeError(`heads: "${dimension}" has no model`);
    return length === 1 ? [dimension] : Array.from({ length }, (_, i) => `${dimension}-${i + 1}`);
  });
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) throw new RangeError(`heads: two heads would be called "${twice}"`);
}

function checkHeads(models: readonly RewardModel[]): void {
  const seen = new Set<Variable>();
  for (const model of models) {
    const names = [...headSpecs(model.config).keys()];
    if (names.length === 0) {
      throw new RangeError('heads: good_token is not a head of its own; load the model with another head');
    }
    for (const name of names) {
      const variable = parameter(model.weights, name);
      if (seen.has(variable)) {
        throw new RangeError('heads: one model is there twice; each head needs its own: sr.model.newHead');
      }
      seen.add(variable);
    }
  }
}

/** @throws {Error} naming what differs before the heads. */
async function checkBackbone(first: RewardModel, other: RewardModel): Promise<void> {
  const refuse = (what: string) =>
    new Error(
      `heads: ${other} has other ${what} than ${first}; heads share a backbone that is frozen, and its question: ` +
        'make them by sr.model.newHead, or train them with trainable "head"',
    );
  if (!isDeepStrictEqual(frozenConfig(first), frozenConfig(other))) throw refuse('settings');
  if (!isDeepStrictEqual(asInFiles(first.prompts), asInFiles(other.prompts))) throw refuse('prompts');
  const ofHead = headSpecs(other.config);
  for (const [name, variable] of other.weights) {
    if (ofHead.has(name)) continue;
    const own = parameter(first.weights, name);
    if (own === variable) continue;
    const [a, b] = await Promise.all([own.data(), variable.data()]);
    if (!Buffer.from(bytesOf(a)).equals(bytesOf(b))) throw refuse(`values of "${name}"`);
  }
}

/** The settings of all but the head. */
function frozenConfig({ config }: RewardModel): object {
  const { reduceSequence: _, layers: __, rewardDropout: ___, ...rest } = config;
  return asInFiles(rest);
}

/** Without what is undefined. */
const asInFiles = (value: object): object => JSON.parse(JSON.stringify(value));

const bytesOf = ({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength);
