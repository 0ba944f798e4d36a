// What is tortured: everything that writes files.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { smallLabels, smallModel } from './smallModel.mjs';

const dist = (/** @type {string} */ path) => import(new URL(`../../dist/${path}`, import.meta.url).href);
const native = async () => (await dist('src/engine/use.js')).use('native');

/**
 * @typedef {object} Writer
 * @property {(folder: string, acknowledge: (what: string) => void, settings: any, ready: () => void) => Promise<void>} write does its
 *   work, continuing with what is in the folder; tells when it begins to write, and what is promised to be there from now on
 * @property {(folder: string, acknowledged: string[]) => Promise<void>} check throws where something in the folder is half there, or
 *   something acknowledged is missing
 * @property {number} [killedWithin] acknowledgements after which it is killed at the latest: of a writer that takes long to begin; else it
 *   is killed at any time of its work
 * @property {boolean} [ends] whether `write` ends by itself, always with the same files
 */

/** @type {(condition: unknown, message: string) => asserts condition} */
function assert(condition, message) {
  if (!condition) throw new Error(message);
}

/** Files below a folder with their SHA-256. @param {string} folder */
export function filesIn(folder) {
  const names = readdirSync(folder, { recursive: true }).map((name) => join(folder, String(name)));
  const files = names.filter((name) => statSync(name).isFile()).sort();
  return new Map(
    files.map((name) => [
      relative(folder, name),
      createHash('sha256').update(readFileSync(name)).digest('hex'),
    ]),
  );
}

const inventory = (/** @type {number} */ count) =>
  Array.from({ length: count }, (_, i) => ({
    video_path: `${i % 500}.mp4`,
    prompt: `ball ${i}`,
    note: 'x'.repeat(i % 50),
  }));

/** @type {Record<string, Writer>} */
export const writers = {
  'vote log': {
    async write(folder, acknowledge, _, ready) {
      const { VoteFile } = await dist('src/notebook/voteFile.js');
      ready();
      const file = new VoteFile(join(folder, 'votes.jsonl'));
      for (let i = 0; i < 2000; i++) {
        const id = `${process.pid}-${i}`;
        file.append([
          {
            event: 'vote',
            id,
            clip: `clip ${i}`,
            annotator: `a${process.pid}`,
            dimension: 'physics',
            pass: i % 3 === 0,
            note: 'n'.repeat(i % 90),
          },
        ]);
        acknowledge(id);
      }
    },
    async check(folder, acknowledged) {
      const { VoteFile } = await dist('src/notebook/voteFile.js');
      if (!existsSync(join(folder, 'votes.jsonl')))
        return assert(acknowledged.length === 0, 'the log is gone');
      const file = new VoteFile(join(folder, 'votes.jsonl'));
      const missing = acknowledged.filter((id) => !file.has(id));
      assert(
        missing.length === 0,
        `${missing.length} of ${acknowledged.length} acknowledged votes are missing`,
      );
    },
  },
  votes: {
    async write(folder, acknowledge, _, ready) {
      const { data } = await dist('src/index.js');
      ready();
      for (let i = 1; i <= 300; i++) {
        const rows = Array.from({ length: 400 + i }, (_, row) => ({
          clip: `c${row}`,
          annotator: 'a',
          dimension: 'd',
          pass: row % 2 === 0,
        }));
        await data.writeVotes(join(folder, 'votes.csv'), data.votesTable(rows));
        acknowledge(String(400 + i));
      }
    },
    async check(folder, acknowledged) {
      const { data } = await dist('src/index.js');
      if (!existsSync(join(folder, 'votes.csv')))
        return assert(acknowledged.length === 0, 'the votes are gone');
      const rows = (await data.readVotes(join(folder, 'votes.csv'))).numRows();
      assert(rows > 400 && rows <= 700, `${rows} rows, which nobody has written`);
    },
  },
  scores: {
    ends: true,
    async write(folder, acknowledge, _, ready) {
      const { file } = await dist('src/score/file.js');
      const { replaceFile } = await dist('src/base/replaceFile.js');
      ready();
      // Two at once write it both: neither may read half of it.
      await replaceFile(join(folder, 'items.json'), (/** @type {any} */ draft) =>
        draft.writeFile(JSON.stringify(inventory(6000))),
      );
      const model = {
        config: { llm: { heads: 2 } },
        weights: new Map(),
        prompts: { user: 'x' },
        processor: {
          /** @param {{ id: string, path: string }[]} clips */
          processMany: async (clips) => ({
            inputs: clips.map(({ id }) => ({ id, inputIds: { length: 5 } })),
            failures: [],
          }),
        },
        /** @param {{ id: string }[]} inputs */
        rewards: async (inputs) => inputs.map(({ id }) => id.length / 7),
      };
      const items = { input: join(folder, 'items.json'), output: join(folder, 'scores.jsonl') };
      let last = 0;
      await file(model, {
        ...items,
        onProgress: (/** @type {{ done: number }} */ { done }) => {
          if (done > last) acknowledge(String(done));
          last = done;
        },
      });
    },
    async check(folder, acknowledged) {
      const path = join(folder, 'scores.jsonl');
      const lines = existsSync(path) ? readFileSync(path, 'utf8').split('\n').slice(0, -1) : [];
      for (const [i, line] of lines.entries()) {
        assert(JSON.parse(line).index === i, `line ${i} is of another item`);
      }
      const most = Math.max(0, ...acknowledged.slice(-100).map(Number));
      assert(lines.length >= most, `${lines.length} lines, and ${most} were acknowledged`);
    },
  },
  'run folder': {
    ends: true,
    killedWithin: 5,
    async write(folder, acknowledge, _, ready) {
      await native();
      const { pairing, train } = await dist('src/index.js');
      const pairs = pairing.crossPrompt(smallLabels(24), { dimension: 'physics', seed: 1 });
      const settings = {
        trainable: 'decoder+head',
        steps: 150,
        batchSize: 8,
        learningRate: 3e-3,
        saveEvery: 2,
        keep: 2,
      };
      const model = await smallModel();
      ready();
      const onProgress = (/** @type {{ step: number }} */ { step }) => acknowledge(String(step));
      await train.fit(model, pairs, { folder, ...settings, onProgress });
    },
    async check(folder) {
      const { readTensors } = await dist('src/model/weights/safetensors.js');
      const { checkpointFolder, checkpointSteps, readState } = await dist('src/train/checkpoint.js');
      for (const step of await checkpointSteps(folder)) {
        assert((await readState(folder, step)).step === step, `the state of step ${step} is another one`);
        await readTensors(join(checkpointFolder(folder, step), 'model.safetensors'));
        await readTensors(join(checkpointFolder(folder, step), 'optimizer.safetensors'));
      }
    },
  },
  'frame cache': {
    async write(folder, acknowledge, _, ready) {
      const { FrameCache } = await dist('src/data/video/frameCache.js');
      ready();
      const cache = new FrameCache(join(folder, 'cache'));
      for (let i = 0; i < 1000; i++) {
        await cache.keep({ i }, Buffer.alloc(20_000 + i, i));
        acknowledge(String(i));
      }
    },
    async check(folder, acknowledged) {
      const { FrameCache } = await dist('src/data/video/frameCache.js');
      const cache = new FrameCache(join(folder, 'cache'));
      for (const name of new Set(acknowledged)) {
        const i = Number(name);
        const bytes = await cache.find({ i });
        assert(
          bytes && Buffer.from(bytes).equals(Buffer.alloc(20_000 + i, i)),
          `entry ${i} is missing or another`,
        );
      }
    },
  },
  'feature store': {
    async write(folder, acknowledge, _, ready) {
      const { DiskStore } = await dist('src/model/stages/featureStore.js');
      const { FrameCache } = await dist('src/data/video/frameCache.js');
      const { replaceFile } = await dist('src/base/replaceFile.js');
      ready();
      const store = new DiskStore(new FrameCache(join(folder, 'features')), 'frozen');
      const path = join(folder, 'clip.mp4');
      if (!existsSync(path)) await replaceFile(path, (/** @type {any} */ draft) => draft.writeFile('a clip'));
      for (let i = 0; i < 1000; i++) {
        await store.keep({ id: `${i}`, path, prompt: `p${i}` }, { values: new Float32Array(3000).fill(i) });
        acknowledge(String(i));
      }
    },
    async check(folder, acknowledged) {
      const { DiskStore } = await dist('src/model/stages/featureStore.js');
      const { FrameCache } = await dist('src/data/video/frameCache.js');
      const store = new DiskStore(new FrameCache(join(folder, 'features')), 'frozen');
      for (const name of new Set(acknowledged)) {
        const found = await store.find({ id: name, path: join(folder, 'clip.mp4'), prompt: `p${name}` });
        assert(
          found?.values.length === 3000 && found.values[2999] === Number(name),
          `features of ${name} are missing or others`,
        );
      }
    },
  },
  analyze: {
    async write(folder, acknowledge, _, ready) {
      const { main } = await dist('src/cli.js');
      ready();
      const scores = join(folder, `scores-${process.pid}.csv`);
      console.log = () => {};
      for (let i = 0; i < 60; i++) {
        const rows = Array.from(
          { length: 60 + i },
          (_, row) => `c${row},${(row * 7) % 13},${row % 3 ? 'Pass' : 'Fail'}`,
        );
        writeFileSync(scores, `clip,score,label\n${rows.join('\n')}\n`);
        const code = await main([
          'analyze',
          scores,
          '--html',
          join(folder, 'page.html'),
          '--json',
          join(folder, 'page.json'),
        ]);
        if (code !== 0) throw new Error(`analyze: exit code ${code}`);
        acknowledge(String(i));
      }
    },
    async check(folder, acknowledged) {
      const [page, numbers] = ['page.html', 'page.json'].map((name) => join(folder, name));
      if (existsSync(page)) assert(readFileSync(page, 'utf8').trimEnd().endsWith('</html>'), 'half a page');
      if (existsSync(numbers)) JSON.parse(readFileSync(numbers, 'utf8'));
      assert(acknowledged.length === 0 || (existsSync(page) && existsSync(numbers)), 'a page is gone');
    },
  },
  'saved model': {
    async write(folder, acknowledge, _, ready) {
      await native();
      const { save } = await dist('src/model/load.js');
      const model = await smallModel();
      ready();
      for (let i = 0; i < 40; i++) {
        await save(model, join(folder, 'model'));
        acknowledge(String(i));
      }
    },
    async check(folder, acknowledged) {
      const { readCheckpoint } = await dist('src/model/weights/checkpoint.js');
      const { readTensors } = await dist('src/model/weights/safetensors.js');
      if (!existsSync(join(folder, 'model'))) return assert(acknowledged.length === 0, 'the model is gone');
      await readTensors((await readCheckpoint(join(folder, 'model'))).weights);
    },
  },
  'hub download': {
    ends: true,
    async write(folder, acknowledge, { hub }, ready) {
      process.env.HF_HOME = folder;
      const { download } = await dist('src/model/weights/hub.js');
      ready();
      await download('lab/model', { hubUrl: hub });
      acknowledge('model');
    },
    async check(folder, acknowledged) {
      const snapshots = join(folder, 'hub', 'models--lab--model', 'snapshots');
      if (!existsSync(snapshots)) return assert(acknowledged.length === 0, 'the model is gone');
      for (const name of readdirSync(snapshots, { recursive: true }).map(String)) {
        const path = join(snapshots, name);
        if (name.endsWith('.safetensors'))
          assert(statSync(path).size === hubFiles['model.safetensors'].length, `${name} is half there`);
      }
    },
  },
  world: {
    ends: true,
    async write(folder, acknowledge, _, ready) {
      const { data } = await dist('src/index.js');
      ready();
      const rules = { seed: 3, clips: 24, clipsPerPrompt: 2 };
      await data.makeWorld({
        ...rules,
        folder: join(folder, 'world'),
        onProgress: (/** @type {{ done: number }} */ { done }) => acknowledge(String(done)),
      });
    },
    async check(folder) {
      const { isWholeMp4 } = await dist('src/data/video/wholeFile.js');
      const clips = join(folder, 'world', 'clips');
      for (const name of existsSync(clips) ? readdirSync(clips) : []) {
        if (name.endsWith('.mp4')) assert(await isWholeMp4(join(clips, name)), `${name} is half there`);
      }
    },
  },
};

/** The files of the model that the hub of the torture has. */
export const hubFiles = {
  'config.json': Buffer.from('{"model_type": "x"}'),
  'model.safetensors': Buffer.alloc(6_000_000, 'weights'),
};

/** @param {string} folder */
export const makeFolder = (folder) => mkdirSync(folder, { recursive: true });
