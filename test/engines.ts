import { beforeAll, describe } from 'vitest';
import { type EngineName, use } from '../src/engine/use.js';

/** The engines whose results are tested, as far as they work on this machine. */
const tested: EngineName[] = ['native', 'wasm'];
let working: Promise<EngineName[]> | undefined;

/** Names of the engines that work on this machine. */
export function engines(): Promise<EngineName[]> {
  working ??= findWorking();
  return working;
}

async function findWorking(): Promise<EngineName[]> {
  const names: EngineName[] = [];
  for (const name of tested) {
    const works = await use(name).then(
      () => true,
      () => false,
    );
    if (works) names.push(name);
  }
  if (names.length === 0)
    throw new Error(`engines: none of ${tested.join(', ')} works; run "npx solireward doctor"`);
  return names;
}

/**
 * Runs a block of tests once on each working engine:
 * `await describeEngines('attention', (engine) => { it('...', ...) })`.
 */
export async function describeEngines(name: string, tests: (engine: EngineName) => void): Promise<void> {
  for (const engine of await engines()) {
    describe(`${name} on ${engine}`, () => {
      beforeAll(async () => {
        await use(engine);
      });
      tests(engine);
    });
  }
}
