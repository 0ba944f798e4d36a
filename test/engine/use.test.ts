import { execFileSync } from 'node:child_process';
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { tf } from '../../src/engine/tf.js';
import { type EngineName, use } from '../../src/engine/use.js';
import { describeAllEngines, engines } from '../support/engines.js';

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
  it("takes the best engine for 'auto' and reports why better ones are not in use", async () => {
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

  it.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])(
    'refuses a memory limit of %s bytes',
    async (limit) => {
      await expect(use('cuda', { memoryLimit: limit })).rejects.toThrow(
        `engine.use: memoryLimit must be a whole number of bytes above 0, received ${limit}`,
      );
    },
  );

  it('refuses a memory limit for an engine that has none', async () => {
    await expect(use('wasm', { memoryLimit: 2 ** 30 })).rejects.toThrow(
      'engine.use: memoryLimit is of the engine cuda, not of wasm',
    );
  });

  it('hands the memory limit to TensorFlow before that starts, and refuses another one later', async ({
    skip,
  }) => {
    if (!(await engines()).some((engine) => engine !== 'wasm')) skip('there is no TensorFlow');
    const url = JSON.stringify(new URL('../../dist/src/engine/use.js', import.meta.url).href);
    const script = `
      const { use } = await import(${url});
      for (const memoryLimit of [4e9, 4e9, 5e9]) {
        const message = await use('cuda', { memoryLimit }).then(() => '', ({ message }) => message);
        console.log(process.env.SOLIREWARD_GPU_MEMORY_BYTES, /started with another memoryLimit/.test(message));
      }`;
    const printed = execFileSync(process.execPath, ['--input-type=module', '-e', script], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    expect(printed).toBe('4000000000 false\n4000000000 false\n4000000000 true\n');
  });
});
