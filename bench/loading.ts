// Loading a checkpoint of about 400 MB (float32) that is made for it: seconds, and the memory of the process at its
// peak beside the size of the weights, after loading and after the first batch. `bfloat16` is half the file.
// npx vite-node bench/loading.ts [float32|bfloat16] [engine]
import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { tf } from '../src/engine/tf.js';
import { type EngineName, use } from '../src/engine/use.js';
import { create, load, save } from '../src/model/load.js';
import { tinyConfig } from '../src/model/presets.js';
import { tinyFolder } from '../src/model/tiny.js';

const [what = 'float32', engine = 'native', folder] = process.argv.slice(2);
const mebibytes = (bytes: number) => Math.round(bytes / 2 ** 20);

if (folder) await measure(folder);
else await makeAndLoad();

async function makeAndLoad(): Promise<void> {
  await use('cpu');
  const folder = await mkdtemp(join(tmpdir(), 'loading-'));
  try {
    const tiny = tinyConfig(2048);
    const llm = {
      ...tiny.llm,
      hiddenSize: 768,
      intermediateSize: 3072,
      layers: 9,
      heads: 12,
      keyValueHeads: 4,
    };
    const card = { prompts: { user: 'Is it good?' } };
    const model = await create({ ...tiny, llm }, { tokenizer: tinyFolder(), card });
    await save(model, folder, { dtype: what as 'float32' | 'bfloat16' });
    // A process of its own: what was needed to make the model does not count.
    const args = ['node_modules/.bin/vite-node', 'bench/loading.ts', what, engine, folder];
    execFileSync(process.execPath, args, { stdio: 'inherit' });
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function measure(folder: string): Promise<void> {
  await use(engine as EngineName);
  const { size } = await stat(join(folder, 'model.safetensors'));
  const before = await peak();
  const start = performance.now();
  const model = await load(folder);
  const seconds = (performance.now() - start) / 1000;
  const weights = [...model.weights.values()].reduce((bytes, { size }) => bytes + 4 * size, 0);
  const report = async (when: string) => {
    const above = (await peak()) - before;
    console.log(
      `${when}: peak ${mebibytes(above)} MiB above the start, ${(above / weights).toFixed(2)} x weights`,
    );
  };
  console.log(`${what} on ${engine}: file ${mebibytes(size)} MiB, float32 weights ${mebibytes(weights)} MiB`);
  await report(`loaded in ${seconds.toFixed(1)} s`);
  const sum = tf.tidy(() => tf.addN([...model.weights.values()].map((variable) => tf.sum(variable))));
  console.log(`every weight used once: sum ${(await sum.data())[0].toFixed(1)}`);
  await report('after that');
}

/** The most bytes that the process has held, from the kernel. */
async function peak(): Promise<number> {
  const status = await readFile('/proc/self/status', 'utf8');
  return Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1]) * 1024;
}
