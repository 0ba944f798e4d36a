import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe } from 'vitest';
import { type EngineName, use } from '../../src/engine/use.js';
import { keepOnDevice } from './onDevice.js';

/** The software Vulkan driver in Debian's `chromium` package: WebGPU without a GPU, for tiny shapes. */
const softwareDriver = '/usr/lib/chromium/vk_swiftshader_icd.json';
if (existsSync(softwareDriver) && !existsSync('/dev/dri')) {
  process.env.VK_DRIVER_FILES ??= softwareDriver;
  letDawnWait();
}

/**
 * At every turn of the event loop Dawn asks whether the device is done: a whole core, which a device in software needs
 * itself. It asks by `setImmediate`, as the only one with a native function, and from here on once a millisecond.
 */
function letDawnWait(): void {
  const original = setImmediate;
  const waiting = (call: (...values: unknown[]) => void, ...values: unknown[]) =>
    String(call).includes('[native code]') ? setTimeout(call, 1, ...values) : original(call, ...values);
  globalThis.setImmediate = Object.assign(waiting, original) as typeof setImmediate;
}

const probes = new Map<EngineName, Promise<boolean>>();

function works(name: EngineName): Promise<boolean> {
  let probe = probes.get(name);
  if (!probe) {
    probe = use(name).then(
      () => true,
      () => false,
    );
    probes.set(name, probe);
  }
  return probe;
}

async function working(names: EngineName[]): Promise<EngineName[]> {
  const found: EngineName[] = [];
  for (const name of names) if (await works(name)) found.push(name);
  if (found.length === 0)
    throw new Error(`engines: none of ${names.join(', ')} works; run "npx solireward doctor"`);
  return found;
}

/** Names of the engines that work on this machine: native (cuda with a GPU) and wasm. */
export const engines = (): Promise<EngineName[]> => working(['cuda', 'native', 'wasm']);

/** `engines` and webgpu, often a slow software one: for tests with tiny shapes that read by `await data()`. */
export const allEngines = (): Promise<EngineName[]> => working(['cuda', 'native', 'webgpu', 'wasm']);

/**
 * Runs a block of tests once on each of `engines()`:
 * `await describeEngines('attention', (engine) => { it('...', ...) })`.
 */
export async function describeEngines(name: string, tests: (engine: EngineName) => void): Promise<void> {
  describeOn(await engines(), name, tests);
}

/** `describeEngines` for each of `allEngines()`. */
export async function describeAllEngines(name: string, tests: (engine: EngineName) => void): Promise<void> {
  describeOn(await allEngines(), name, tests);
}

/** Lets the tests of a block run on an engine; on WebGPU with all tensors on the device from the start. */
export function onEngine(engine: EngineName): void {
  let end = () => {};
  beforeAll(async () => {
    await use(engine);
    if (engine === 'webgpu') end = keepOnDevice();
  });
  afterAll(() => end());
}

function describeOn(names: EngineName[], title: string, tests: (engine: EngineName) => void): void {
  for (const engine of names) {
    describe(`${title} on ${engine}`, () => {
      onEngine(engine);
      tests(engine);
    });
  }
}
