import { Random } from '../base/random.js';
import type { ParameterSpec } from './parameterSpec.js';
import { variableOf } from './weights/safetensors.js';
import type { Weights } from './weights/weights.js';

/** New parameters; each is drawn from a stream of its own, so that adding one leaves the others alone. */
export function initialize(specs: ReadonlyMap<string, ParameterSpec>, seed: number): Weights {
  const weights: Weights = new Map();
  for (const [name, { shape, initial }] of specs) {
    const values = new Float32Array(shape.reduce((product, n) => product * n, 1));
    const random = new Random(seed, seedOfName(name));
    if (initial === 'ones') values.fill(1);
    else if (typeof initial === 'object') draw(values, initial, random);
    weights.set(name, variableOf(values, shape));
  }
  return weights;
}

function draw(
  values: Float32Array,
  initial: Exclude<ParameterSpec['initial'], string>,
  random: Random,
): void {
  if ('normal' in initial) {
    for (let i = 0; i < values.length; i++) values[i] = initial.normal * random.normal();
  } else {
    for (let i = 0; i < values.length; i++) values[i] = random.uniform(-initial.uniform, initial.uniform);
  }
}

function seedOfName(name: string): number {
  let value = 0;
  for (const character of name) value = (Math.imul(value, 31) + character.charCodeAt(0)) | 0;
  return value;
}
