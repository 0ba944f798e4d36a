// What is fuzzed: the readers of everything that comes from outside.
import { cpSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

const root = resolve(fileURLToPath(new URL('../..', import.meta.url)));
const dist = (/** @type {string} */ path) => import(new URL(`../../dist/${path}`, import.meta.url).href);
const golden = (/** @type {string[]} */ ...path) => join(root, 'test', 'golden', ...path);

/**
 * Small contents below a folder, by their paths in it.
 * @param {string} folder
 */
function contents(folder, largest = 300_000) {
  const names = readdirSync(folder, { recursive: true }).map((name) => join(folder, String(name)));
  const files = names.filter((name) => statSync(name).isFile() && statSync(name).size <= largest);
  return new Map(files.map((name) => [relative(folder, name), readFileSync(name)]));
}

/**
 * Each target: its folder of files, as they are written before each run (`files`), those that are damaged (`damaged`), and
 * `read`, which gets the folder and the damaged file; `says` is what each of its errors names.
 * @typedef {{ name: string, files: Map<string, Buffer>, damaged?: string[], says: RegExp,
 *   read: (folder: string, damaged: string) => unknown }} Target
 * @param {string} scratch a folder for what is made beforehand
 * @returns {Promise<Target[]>}
 */
export async function makeTargets(scratch) {
  const { data, pairing } = await dist('src/index.js');
  const { readColumns } = await dist('src/data/tables/columnFile.js');
  const { readTensors, readWeights } = await dist('src/model/weights/safetensors.js');
  const { readCheckpoint } = await dist('src/model/weights/checkpoint.js');
  const { fromOfficial } = await dist('src/model/officialConfig.js');
  const { Tokens } = await dist('src/model/input/tokens.js');
  const { openItems } = await dist('src/score/items.js');
  const { openLines } = await dist('src/score/lines.js');
  const { madeByFile } = await dist('src/score/madeBy.js');
  const { analyze } = await dist('src/report/analyze.js');
  const { keptConfig, newestCheckpoint } = await dist('src/train/checkpoint.js');
  const { readRun } = await dist('src/train/run.js');
  const { cutLog } = await dist('src/train/log.js');
  const { Wire } = await dist('kernel/protocol/wire.js');
  const { Comms } = await dist('kernel/protocol/comms.js');
  const { annotatorRequest } = await dist('src/notebook/annotatorRequest.js');
  const { FrameCache } = await dist('src/data/video/frameCache.js');
  const { splitPpm } = await dist('src/data/video/ppm.js');

  const votes =
    'clip,annotator,dimension,pass,path,prompt,promptId,note,rating\n' +
    'a,ann,physics,Pass,a.mp4,"a ball, red",p1,,4\na,bob,physics,Fail,a.mp4,"a ball, red",p1,"he said ""no""",1.5\nb,ann,physics,1,b.mp4,雪,p2,x,3\n';
  const rows = [
    { clip: 'a', annotator: 'ann', dimension: 'physics', pass: true, rating: 3, score: 0.5, extra: [1.5, 2] },
    {
      clip: 'b',
      annotator: 'bob',
      dimension: 'physics',
      pass: false,
      rating: 1,
      score: -1.25,
      extra: [1, 2],
    },
  ];
  const json = JSON.stringify(rows, null, 1);
  const lines = rows.map((row) => `${JSON.stringify(row)}\n`).join('');
  const log = [
    {
      event: 'vote',
      id: '1',
      clip: 'a',
      annotator: 'ann',
      dimension: 'physics',
      pass: true,
      path: 'a.mp4',
      note: '',
    },
    { event: 'skip', id: '2', clip: 'b', annotator: 'ann', dimension: 'physics' },
    { event: 'retract', id: '3', clip: 'b', annotator: 'ann', dimension: 'physics', retracts: '2' },
    { event: 'vote', id: '4', clip: 'b', annotator: 'ann', dimension: 'physics', pass: false },
  ];
  const table = data.votesTable(
    rows.map(({ clip, annotator, dimension, pass, rating }) => ({
      clip,
      annotator,
      dimension,
      pass,
      rating,
    })),
  );
  await data.writeVotes(join(scratch, 'votes.arrow'), table);
  const arrow = readFileSync(join(scratch, 'votes.arrow'));
  const stored = join(root, 'test', 'data', 'tables', 'files');
  const arrows = contents(join(root, 'test', 'cases', 'arrow-compressed'));
  const items = JSON.stringify([
    { video_path: 'a.mp4', prompt: 'a ball', other: { x: [1, null] } },
    { 'input.video_local_path': 'b.mp4', caption: 'NaN' },
  ]);
  const made = { configuration: 'x', prompts: { user: 'y' } };
  const scored =
    '{"video_path":"a.mp4","prompt":"a ball","other":{"x":[1,null]},"index":0,"score":1.5}\n{"input.video_local_path":"b.mp4","caption":"NaN","index":1,"error":"no \\"video\\""}\n';
  const tiny = contents(golden('checkpoints', 'internvl3-tiny'));
  const qwen = contents(golden('checkpoints', 'qwen2_5_vl-tiny'));
  const head = contents(golden('heads'));
  const run = new Map([
    ['config.json', Buffer.from('{"steps": 4, "seed": 1, "data": "x", "patience": 2}')],
    [
      'log.jsonl',
      Buffer.from(
        [1, 2, 3]
          .map(
            (step) =>
              `${JSON.stringify({ step, epoch: 0.1, loss: 0.5, meanReward: 0, gradNorm: 1, learningRate: 1e-4, secondsPerStep: 1 })}\n`,
          )
          .join(''),
      ),
    ],
    [
      'checkpoints/step-2/state.json',
      Buffer.from('{"step": 2, "cursor": 8, "stale": 0, "best": {"step": 2, "accuracy": 0.5}, "updates": 2}'),
    ],
    ['checkpoints/step-2/run.json', Buffer.from('{"steps": 4}')],
    ['checkpoints/step-2/checksums.json', Buffer.from('{"run.json": "00", "../../config.json": "1"}')],
    ['checkpoints/step-1/state.json', Buffer.from('{"step": 1, "cursor": 4, "stale": 0, "updates": 1}')],
  ]);
  const pairs =
    '[{"messages":[{"role":"user","content":"<video>a"}],"rejected_response":"<video>","quality":[1,0],"videos":["a","b"]}]';

  /** @type {(name: string, content: string | Buffer) => Map<string, Buffer>} */
  const file = (name, content) => new Map([[name, Buffer.from(content)]]);
  /** @type {(name: string, content: string | Buffer | Map<string, Buffer>, read: (path: string) => unknown, says: RegExp) => Target} */
  const oneFile = (name, content, read, says) => ({
    name,
    files:
      typeof content === 'string' || Buffer.isBuffer(content) ? file(name.split(' ')[1], content) : content,
    read: (folder, damaged) => read(join(folder, damaged)),
    says,
  });
  const asTable = (/** @type {string} */ path) => readColumns('fuzz', path);
  const each = async (/** @type {string} */ path) => {
    for await (const _ of (await openItems(path)).read());
  };
  const wire = new Wire({ key: '', signature_scheme: 'hmac-sha256' }, 'session');
  /** @type {(type: string, content: object) => Buffer[]} */
  const comm = (type, content) =>
    wire.encode(type, content, undefined).map((/** @type {Buffer | string} */ frame) => Buffer.from(frame));
  const messages = [
    comm('comm_open', {
      comm_id: 'c1',
      target_name: 'solireward.annotator',
      data: { type: 'start', id: '01234567-89ab-cdef-0123-456789abcdef', annotator: 'ann' },
    }),
    comm('comm_msg', {
      comm_id: 'c1',
      data: {
        type: 'vote',
        id: '01234567-89ab-cdef-0123-456789abcdef',
        annotator: 'ann',
        clip: 'a',
        note: '',
        seconds: 1,
        pass: true,
      },
    }),
    comm('execute_request', { code: '1', silent: false, user_expressions: {} }),
  ];

  return [
    oneFile('votes votes.csv', votes, data.readVotes, /^readVotes: /),
    oneFile('votes votes.tsv', votes.replaceAll(',', '\t'), data.readVotes, /^readVotes: /),
    oneFile('votes votes.json', json, data.readVotes, /^readVotes: /),
    oneFile('votes votes.jsonl', lines, data.readVotes, /^readVotes: /),
    oneFile('votes votes.arrow', arrow, data.readVotes, /^readVotes: /),
    oneFile('votes votes.csv.gz', gzipSync(votes), data.readVotes, /^readVotes: /),
    oneFile(
      'votelog log.jsonl',
      log.map((event) => `${JSON.stringify(event)}\n`).join(''),
      data.readVotes,
      /^readVotes: /,
    ),
    oneFile(
      'scores scores.csv',
      'clip,score,pass,model\na,0.5,Pass,m\nb,-1e-3,Fail,m\n"c ""x""",7,,n\n',
      data.readScores,
      /^readScores: /,
    ),
    oneFile('scores scores.json', json, data.readScores, /^readScores: /),
    oneFile(
      'analyze scores.csv',
      `clip,score,label,rater,group\n${Array.from({ length: 30 }, (_, i) => `c${i},${(i * 7) % 11},${i % 3 ? 'Pass' : 'Fail'},r${i % 2},g${i % 4}`).join('\n')}\n`,
      (path) => analyze(path),
      /^(analyze|analysis|readScores|sr\.|[a-zA-Z.]+): /,
    ),
    oneFile(
      'arrow any.arrow',
      new Map([...arrows].filter(([name]) => /\.(arrow|feather)$/.test(name))),
      asTable,
      /^fuzz: /,
    ),
    oneFile(
      'parquet any.parquet',
      new Map([...contents(stored)].filter(([name]) => name.endsWith('.parquet'))),
      asTable,
      /^fuzz: /,
    ),
    oneFile('items items.json', items, each, /^score: /),
    oneFile('items items.jsonl', items.slice(1, -1).replace('},{', '}\n{'), each, /^score: /),
    oneFile(
      'pairs pairs.json',
      pairs,
      (path) => pairing.readOfficial(path, { prompts: { user: '<video>{prompt}' } }),
      /^readOfficial: /,
    ),
    {
      name: 'lines output.jsonl',
      files: new Map([
        ['items.json', Buffer.from(items)],
        ['output.jsonl', Buffer.from(scored)],
        [madeByFile('output.jsonl'), Buffer.from(JSON.stringify(made))],
      ]),
      damaged: ['output.jsonl', madeByFile('output.jsonl')],
      says: /^score: /,
      read: async (folder) =>
        (
          await openLines(join(folder, 'output.jsonl'), await openItems(join(folder, 'items.json')), made)
        ).close(),
    },
    {
      name: 'safetensors',
      files: new Map([...head, ...tiny].filter(([name]) => name.endsWith('.safetensors'))),
      says: /safetensors/,
      read: (folder, name) => readTensors(join(folder, name)),
    },
    {
      name: 'shards',
      files: new Map([
        ['a.safetensors', [...head].find(([name]) => name.endsWith('.safetensors'))?.[1] ?? Buffer.alloc(0)],
        [
          'model.safetensors.index.json',
          Buffer.from('{"metadata":{"total_size":1},"weight_map":{"x":"a.safetensors"}}'),
        ],
      ]),
      damaged: ['model.safetensors.index.json'],
      says: /safetensors/,
      read: (folder) => readWeights(join(folder, 'model.safetensors.index.json')),
    },
    ...Object.entries({ internvl: tiny, qwen }).map(([name, files]) => ({
      name: `config ${name}`,
      files: new Map([
        ...[...files].filter(([path]) => /^(config|training_config)\.json$/.test(path)),
        ...file('model.safetensors', ''),
      ]),
      damaged: ['config.json', 'training_config.json'],
      says: /^load: |^(training_)?config\.json/,
      read: async (/** @type {string} */ folder) => fromOfficial(await readCheckpoint(folder)),
    })),
    {
      name: 'tokenizer',
      files: new Map(
        [...tiny].filter(([name]) => /^(tokenizer|vocab|merges|added|special|tokenizer_config)/.test(name)),
      ),
      says: /^Tokens\.load: |^the tokenizer has /,
      read: async (folder) =>
        (await Tokens.load(folder)).encode(['a small ball 雪', { token: '<|im_end|>', times: 2 }]),
    },
    {
      name: 'run',
      files: run,
      says: /^(fit|readRun|Run|train|run): |\.jsonl?\b/,
      read: async (folder) => {
        await keptConfig(folder);
        await readRun(folder);
        await newestCheckpoint(folder);
        await cutLog(folder, 2);
      },
    },
    {
      name: 'frames',
      files: file(
        'frames.ppm',
        Buffer.concat([
          Buffer.from('P6\n4 2\n255\n'),
          Buffer.alloc(24),
          Buffer.from('P6\n4 2\n255\n'),
          Buffer.alloc(24),
        ]),
      ),
      says: /^(ffmpeg|splitPpm|ppm|decodeFrames)\b|ffmpeg/,
      read: async (folder, name) => splitPpm(readFileSync(join(folder, name))),
    },
    {
      name: 'cache',
      files: file('entry', 'x'),
      says: /./,
      read: async (folder, name) => {
        const cache = new FrameCache(join(folder, 'cache'));
        await cache.keep({ a: 1 }, Buffer.from('frames'));
        const [entry] = readdirSync(cache.folder, { recursive: true })
          .map((path) => join(cache.folder, String(path)))
          .filter((path) => statSync(path).isFile());
        writeFileSync(entry, readFileSync(join(folder, name)));
        if ((await cache.find({ a: 1 })) !== undefined) throw new TypeError('a damaged entry was served');
      },
    },
    {
      name: 'wire',
      files: new Map(
        messages.map((frames, i) => [
          `${i}.frames`,
          Buffer.from(frames.map((frame) => frame.toString()).join('\x1e')),
        ]),
      ),
      says: /^(kernel|comm_open|annotator)\b/,
      read: async (folder, name) => {
        const frames = readFileSync(join(folder, name), 'latin1')
          .split('\x1e')
          .map((frame) => Buffer.from(frame, 'latin1'));
        const message = new Wire({ key: '', signature_scheme: 'hmac-sha256' }, 's').decode(frames);
        const comms = new Comms(() => {});
        comms.answer('solireward.annotator', (/** @type {any} */ line, /** @type {any} */ data) => {
          line.onMessage((/** @type {any} */ received) => annotatorRequest(received));
          annotatorRequest(data);
        });
        comms.receive(message);
        comms.info(message.content.target_name);
      },
    },
  ];
}

/**
 * Writes the files of a target into a folder.
 * @param {string} folder
 * @param {Map<string, Buffer>} files
 */
export function writeFiles(folder, files) {
  for (const [name, bytes] of files) {
    mkdirSync(join(folder, name, '..'), { recursive: true });
    writeFileSync(join(folder, name), bytes);
  }
}

/** Keeps the folder of an input. */
export const keepFolder = (/** @type {string} */ from, /** @type {string} */ to) =>
  cpSync(from, to, { recursive: true });
