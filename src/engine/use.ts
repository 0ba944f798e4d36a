import { loadBackend, tf } from './tf.js';

/** The engines, best first, that `auto` tries. */
export const engineNames = ['native', 'wasm', 'cpu'] as const;
export type EngineName = (typeof engineNames)[number];

/** Chooses the engine that everything computes on. */
export async function use(name: 'auto' | EngineName = 'auto'): Promise<EngineName> {
  const reasons: string[] = [];
  for (const candidate of name === 'auto' ? engineNames : [name]) {
    try {
      if (candidate === 'native') loadBackend('@tensorflow/tfjs-node-gpu');
      if (candidate === 'wasm') loadBackend('@tensorflow/tfjs-backend-wasm');
      const backend = candidate === 'native' ? 'tensorflow' : candidate;
      if (!(await tf.setBackend(backend))) throw new Error(`the ${backend} backend did not start`);
      await tf.ready();
      return candidate;
    } catch (error) {
      reasons.push(`${candidate}: ${(error as Error).message}`);
    }
  }
  throw new Error(`engine.use('${name}'): no engine works. ${reasons.join('; ')}`);
}
