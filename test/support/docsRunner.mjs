import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';

/**
 * Runs the code blocks and commands of the documents, as they stand, in the current folder: on a small world of clips, and a model in place
 * of each checkpoint. Started with the folder of the clone; reads jobs.json, writes results.json: what went wrong, and the seconds of each part.
 */
const [clone] = process.argv.slice(2);
const built = (name) => import(pathToFileURL(join(clone, 'dist', 'src', name)).href);
const library = await built('index.js');
const { main } = await built('cli.js');
await library.engine.use('auto');
await make();

const own = {
  ...library,
  // What needs a network, a GPU or a cluster has a stand-in; all else is the library.
  engine: { ...library.engine, use: () => library.engine.use('auto') },
  model: { ...library.model, fromHub: () => library.model.load('checkpoints/mine') },
  cluster: {
    ...library.cluster,
    submit: (run) => main(['score', '--run', run, '--shard', '0-1/2']),
    resubmit: async () => undefined,
  },
};
const results = [];
for (const { page, module, commands } of JSON.parse(readFileSync('jobs.json', 'utf8'))) {
  const server = module.includes('LIVE_SERVER') ? await serve() : undefined;
  const run = new (async () => {}).constructor('sr', 'at', module.replaceAll('LIVE_SERVER', server?.address));
  let place = '';
  let begun = performance.now();
  const tell = (error) => {
    if (place) results.push({ place, seconds: (performance.now() - begun) / 1000, error });
    begun = performance.now();
  };
  const at = (next) => {
    tell();
    place = next;
  };
  await run(own, at).then(
    () => tell(),
    (error) => tell(error.stack),
  );
  await server?.close();
  for (const { args, code, prints = '' } of commands) {
    place = `${page}: solireward ${args.join(' ')}`;
    begun = performance.now();
    const said = [];
    const { log, error } = console;
    console.log = console.error = (...words) => said.push(words.join(' '));
    const ended = await main(args);
    Object.assign(console, { log, error });
    const output = `${said.join('\n')}\n`;
    const isRight = ended === code && output.includes(prints);
    tell(isRight ? undefined : `ended with ${ended} and printed ${output}; expected ${code} and ${prints}`);
  }
  rmSync('runs', { recursive: true, force: true });
}
writeFileSync('results.json', JSON.stringify(results));
process.exit(0);

/** A server of the audited clips. */
async function serve() {
  return library.serve(await library.model.load('checkpoints/mine'), { roots: [process.cwd()] });
}

/** The files that the documents speak of. */
async function make() {
  // Of this seed every part of the pages' splits has clips that pass and clips that fail.
  const { clips } = await library.data.makeWorld({ folder: '.', clips: 20, clipsPerPrompt: 2, seed: 13 });
  const model = await library.model.tiny({ dimension: 'physics' });
  for (const folder of ['checkpoints/mine', 'checkpoints/other', 'models/physics'])
    await library.model.save(model, folder);
  for (const name of ['a', 'a1']) copyFileSync(clips[0].path, `clips/${name}.mp4`);

  const items = clips.slice(0, 4).map(({ path, prompt }) => ({ video_path: path, prompt }));
  writeFileSync('items.json', JSON.stringify(items));
  writeFileSync('items.jsonl', items.map((item) => `${JSON.stringify(item)}\n`).join(''));
  writeFileSync('score.py', 'import sys\nfor line in sys.stdin:\n    print(len(line), flush=True)\n');

  const generators = ['gen-a', 'gen-b'];
  const score = (i, shift) => (Math.sin(1.7 * i + shift) + i / 40).toFixed(3);
  const table = (shift) =>
    clips.map(({ id }, i) => `${id},${score(i, shift)},${generators[i % 2]}\n`).join('');
  writeFileSync('scores.csv', `clip,score,generator\n${table(0)}`);
  writeFileSync('other.csv', `clip,score,generator\n${table(1)}`);
  const metrics = ['UMTScore', 'BLIPScore'].flatMap((metric, k) =>
    Array.from(
      { length: 24 },
      (_, i) => `p${Math.floor(i / 2)},${generators[i % 2]},${metric},${score(i, k)}\n`,
    ),
  );
  writeFileSync('metric_scores.csv', `prompt_id,generator,metric,score\n${metrics.join('')}`);

  const samples = join(clone, 'test', 'benchmark', 'samples');
  copyFileSync(join(samples, 'videogen-rewardbench.csv'), 'videogen-rewardbench.csv');
  copyFileSync(join(samples, 'videophy2.csv'), 'videophy2_test.csv');
  await copyVideos('videogen-rewardbench', 'videogen-rewardbench.csv', 'VideoGen-RewardBench', clips);
  await copyVideos('videophy-2', 'videophy2_test.csv', 'videos', clips);
}

/** A clip of the world in the place of each clip of a benchmark. */
async function copyVideos(name, file, folder, clips) {
  const { clips: wanted } = await library.benchmark.read(name, file);
  for (const [i, { id }] of wanted.entries()) {
    const path = join(folder, id.replace(/^https?:\/\/[^/]*\//, ''));
    mkdirSync(dirname(path), { recursive: true });
    copyFileSync(clips[i % clips.length].path, path);
  }
}
