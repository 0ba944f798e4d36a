import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { tf } from '../../src/engine/tf.js';
import { type EngineName, use } from '../../src/engine/use.js';
import { describeAllEngines, engines } from '../engines.js';

await describeAllEngines('use', (engine) => {
  it('computes on the engine that was chosen', async () => {
    const backends: Partial<Record<EngineName, string>> = { native: 'tensorflow', cuda: 'tensorflow' };
    expect(tf.getBackend()).toBe(backends[engine] ?? engine);
    const product = tf.matMul(tf.ones([2, 3]), tf.ones([3, 2]));
    expect(await product.data()).toBeAllclose([3, 3, 3, 3]);
    product.dispose();
  });

  it('reports itself as one line, in a notebook too', async () => {
    const report = await use(engine);
    expect(report.engine).toBe(engine);
    expect(report.gflops).toBeGreaterThan(0);
    expect(`${report}`).toMatch(new RegExp(`^${engine} \\(.+, [\\d.]+ GFLOP/s\\)$`));
    expect(inspect(report)).toBe(`${report}`);
    const { [Symbol.for('Jupyter.display')]: display } = report as unknown as Record<symbol, () => object>;
    expect(display.call(report)).toEqual({ 'text/plain': `${report}` });
  });

  it('leaves no tensors behind', async () => {
    const before = tf.memory().numTensors;
    await use(engine);
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe('use', () => {
  it("takes the best engine for 'auto' and says why better ones are not in use", async () => {
    const report = await use('auto');
    expect(report.engine).toBe((await engines())[0]);
    for (const { engine, reason } of report.skipped) {
      expect(reason).not.toBe('');
      expect(`${report}`).toContain(`; ${engine}: ${reason}`);
      await expect(use(engine)).rejects.toThrow(/^engine\.use\('\w+'\): .*solireward doctor/);
    }
  });

  it('names the engines when it does not know one', async () => {
    await expect(use('gpu' as EngineName)).rejects.toThrow(
      "engine.use: unknown engine 'gpu', expected auto or cuda, native, webgpu, wasm, cpu",
    );
  });
});
