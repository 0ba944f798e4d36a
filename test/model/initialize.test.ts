import { beforeAll, describe, expect, it } from 'vitest';
import { tf } from '../../src/engine/tf.js';
import { use } from '../../src/engine/use.js';
import { initialize } from '../../src/model/initialize.js';
import type { ParameterSpec } from '../../src/model/parameterSpec.js';
import { headSpecs, parameterSpecs } from '../../src/model/parameters.js';
import { tinyConfig } from '../../src/model/presets.js';
import { engines } from '../support/engines.js';

const [engine] = await engines();
const config = tinyConfig(512);
const width = config.llm.hiddenSize;

function valuesOf(specs: ReadonlyMap<string, ParameterSpec>, seed: number): Map<string, Float32Array> {
  const weights = initialize(specs, seed);
  const values = [...weights].map(([name, variable]) => [name, variable.dataSync() as Float32Array] as const);
  for (const [name, { shape }] of specs) expect(weights.get(name)!.shape).toEqual(shape);
  tf.dispose([...weights.values()]);
  return new Map(values);
}

function moments(values: Float32Array) {
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  const deviation = Math.sqrt(values.reduce((a, b) => a + (b - mean) ** 2, 0) / values.length);
  return { mean, deviation };
}

describe('initialize', () => {
  let values: Map<string, Float32Array>;
  beforeAll(async () => {
    await use(engine);
    values = valuesOf(parameterSpecs(config), 1);
  });

  it('repeats itself for the same seed only, whatever other parameters there are', () => {
    const head = valuesOf(headSpecs(config), 1);
    const other = valuesOf(headSpecs(config), 2);
    for (const [name, drawn] of head) {
      expect(drawn).toEqual(values.get(name));
      if (!name.endsWith('bias')) expect(drawn).not.toEqual(other.get(name));
    }
  });

  it('draws each parameter from a stream of its own', () => {
    const name = (layer: number) => `attention_query_other_layers.${layer}.in_proj_weight`;
    expect(values.get(name(0))).not.toEqual(values.get(name(1)));
  });

  // The rules of the official implementation for new modules.
  it.each([
    ['reward_head.0.weight', 0.02],
    ['attention_query_other_layers.0.out_proj.weight', 0.02],
    ['attention_query_first_layer.attention.0.in_proj_weight', Math.sqrt(1 / (2 * width))],
    ['vision_model.embeddings.patch_embedding.weight', (3 * 8 * 8) ** -0.5],
  ])('%s has mean 0 and the standard deviation of its rule', (name, expected) => {
    const drawn = values.get(name)!;
    const { mean, deviation } = moments(drawn);
    expect(Math.abs(mean)).toBeLessThan((5 * expected) / Math.sqrt(drawn.length));
    expect(Math.abs(deviation / expected - 1)).toBeLessThan(5 / Math.sqrt(2 * drawn.length));
  });

  it('draws the queries with deviation 1 and the scalar output with 0.02', () => {
    const pooled = (pattern: RegExp) =>
      moments(
        Float32Array.from([...values].filter(([name]) => pattern.test(name)).flatMap(([, v]) => [...v])),
      );
    expect(Math.abs(pooled(/query\.weight$/).deviation - 1)).toBeLessThan(0.25);
    expect(Math.abs(pooled(/^reward_head\.3/).deviation / 0.02 - 1)).toBeLessThan(0.35);
  });

  it('keeps the packed projections within their bound √(6 / 4H)', () => {
    const bound = Math.sqrt(6 / (4 * width));
    const drawn = values.get('attention_query_final_layer.attention.0.in_proj_weight')!;
    const largest = drawn.reduce((a, b) => Math.max(a, Math.abs(b)), 0);
    expect(largest).toBeLessThanOrEqual(Math.fround(bound));
    expect(largest).toBeGreaterThan(0.99 * bound);
  });

  it('starts biases at zero and norms and layer scales at one', () => {
    for (const [name, drawn] of values) {
      if (name.endsWith('bias'))
        expect(
          drawn.every((x) => x === 0),
          name,
        ).toBe(true);
      if (/(norm|norm[12]|mlp1\.0)\.weight$|\.ls[12]$/.test(name)) {
        expect(
          drawn.every((x) => x === 1),
          name,
        ).toBe(true);
      }
    }
  });
});
