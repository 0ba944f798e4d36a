// Every writer of files, killed at random moments, on a full disk, on a read-only disk, and two at once:
// npm run torture [-- --kills 50] [--writers scores,votes] [--seed 1] [--report docs/torture.md]
// After each blow the files are checked: nothing half there, nothing lost that was acknowledged. In the end the work is finished, and
// is what it would have been without a blow. Prints a table; the exit code is 1 where a promise is broken.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { random } from './fuzz/random.mjs';
import { enlarge, mountSmall, setMode, unmount } from './torture/disk.mjs';
import { filesIn, hubFiles, makeFolder, writers } from './torture/writers.mjs';

const root = resolve(fileURLToPath(new URL('..', import.meta.url)));
const text = /** @type {const} */ ({ type: 'string' });
const { values: options } = parseArgs({
  options: {
    kills: { ...text, default: '50' },
    seed: { ...text, default: '1' },
    writers: text,
    report: text,
  },
});
const kills = Number(options.kills);
const chosen = options.writers?.split(',') ?? Object.keys(writers);
const scratch = mkdtempSync(join(tmpdir(), 'torture-'));
/** KiB of the small disk; milliseconds that a writer may take at most, and after which it is killed at the latest. */
const [small, patience, longest] = [300, 300_000, 4000];

/** Files that differ from run to run: times, and what names this process. */
const varying =
  /(^|\/)(log\.jsonl|checksums\.json|training_config\.json|scores\.jsonl\.made-by\.json|items\.json|world\/\w+\.csv)$/;

const hub = await startHub();
/** @type {string[]} */
const broken = [];
const rows = [];
for (const name of chosen) rows.push(await torture(name));
hub.close();
rmSync(scratch, { recursive: true, force: true });

const page = [
  '| writer | kills survived | acknowledged before them | finished after them | full disk | read-only disk | two at once |',
  '| --- | --- | --- | --- | --- | --- | --- |',
  ...rows.map((row) => `| ${row.join(' | ')} |`),
].join('\n');
console.log(`\n${page}\n`);
for (const line of broken) console.error(`torture: broken: ${line}`);
if (options.report) writeFileSync(options.report, `${page}\n`);
process.exitCode = broken.length > 0 ? 1 : 0;

/** @param {string} name */
async function torture(name) {
  const writer = writers[name];
  const chance = random(Number(options.seed), ...Buffer.from(name));
  const folder = join(scratch, name.replaceAll(' ', '-'));
  const { files, milliseconds, steps } = await undisturbed(name, `${folder}-undisturbed`);
  const expected = writer.ends ? files : undefined;

  makeFolder(folder);
  let survived = 0;
  /** @type {string[]} */
  const acknowledged = [];
  for (let kill = 0; kill < kills; kill++) {
    const child = start(name, folder);
    await child.begun;
    const { killedWithin } = writer;
    if (killedWithin) await child.acknowledged(chance.integer(killedWithin));
    const within = killedWithin ? milliseconds / steps : Math.min(milliseconds, longest);
    await new Promise((done) => setTimeout(done, chance.integer(Math.ceil(within))));
    child.kill();
    const { oks } = await child.ended;
    for (const what of oks) acknowledged.push(what);
    if (await holds(name, `kill ${kill}`, () => writer.check(folder, acknowledged))) survived++;
  }
  const total = acknowledged.length;
  const last = await start(name, folder).ended;
  const finished = await holds(name, 'finishing after the kills', async () => {
    if (!last.done) throw new Error(`does not end: ${last.failure ?? `exit code ${last.code}`}`);
    await writer.check(folder, [...acknowledged, ...last.oks]);
    if (expected) same(expected, filesIn(folder), name);
  });

  const full = await fullDisk(name, expected);
  const readOnly = await readOnlyDisk(name);
  const two = await twoAtOnce(name, expected);
  console.log(
    `torture: ${name}: ${survived} of ${kills} kills survived; full disk: ${full}; read-only: ${readOnly}; two at once: ${two}`,
  );
  return [name, `${survived} of ${kills}`, String(total), finished ? 'yes' : 'no', full, readOnly, two];
}

/** The files of the work without a blow, how long it takes, and what it acknowledges. @param {string} name @param {string} folder */
async function undisturbed(name, folder) {
  makeFolder(folder);
  const child = start(name, folder);
  await child.begun;
  const begin = performance.now();
  const { done, failure, code, oks } = await child.ended;
  if (!done) throw new Error(`torture: ${name} does not even work undisturbed: ${failure ?? code}`);
  return { files: filesIn(folder), milliseconds: performance.now() - begin, steps: oks.length };
}

/** @param {string} name @param {Map<string, string> | undefined} expected */
async function fullDisk(name, expected) {
  const folder = join(scratch, `${name.replaceAll(' ', '-')}-full`);
  const mounted = mountSmall(folder, small);
  const first = await start(name, folder, mounted ? undefined : small).ended;
  let said = first.done ? 'fits' : 'error by name';
  await holds(name, 'a full disk', async () => {
    if (!first.done && !first.failure) throw new Error(`the process ends by ${first.code}`);
    if (!first.done && !/ENOSPC|EFBIG|no space|too large|full/i.test(first.failure ?? ''))
      throw new Error(`an error that does not say what: ${first.failure}`);
    if (mounted) enlarge(folder);
    await writers[name].check(folder, first.oks);
    const again = await start(name, folder).ended;
    if (!again.done) throw new Error(`does not go on when there is room: ${again.failure ?? again.code}`);
    await writers[name].check(folder, [...first.oks, ...again.oks]);
    if (expected) same(expected, filesIn(folder), name);
  }).then((held) => {
    if (!held) said = 'broken';
    else if (!first.done) said += ', continues with room';
  });
  if (mounted) unmount(folder);
  return said;
}

/** @param {string} name */
async function readOnlyDisk(name) {
  const folder = join(scratch, `${name.replaceAll(' ', '-')}-ro`);
  const mounted = mountSmall(folder, 64 * 1024);
  if (!mounted && process.getuid?.() === 0) return 'not tried: no mount';
  setMode(folder, mounted, 'ro');
  const { failure, code, done } = await start(name, folder).ended;
  setMode(folder, mounted, 'rw');
  const held = await holds(name, 'a read-only disk', async () => {
    if (done) throw new Error('says that it has written');
    // Node says ENOENT where it cannot make a folder and the ones above it.
    if (!/EROFS|EACCES|EPERM|read-only|ENOENT.*mkdir/i.test(failure ?? ''))
      throw new Error(`an error that does not say what: ${failure ?? code}`);
    if (filesIn(folder).size > 0) throw new Error('files appear');
  });
  if (mounted) unmount(folder);
  return held ? 'error by name' : 'broken';
}

/** @param {string} name @param {Map<string, string> | undefined} expected */
async function twoAtOnce(name, expected) {
  const folder = join(scratch, `${name.replaceAll(' ', '-')}-two`);
  makeFolder(folder);
  const both = await Promise.all([start(name, folder).ended, start(name, folder).ended]);
  const refused = both.filter(({ failure }) => /is in use by/.test(failure ?? ''));
  const held = await holds(name, 'two at once', async () => {
    if (both.every(({ done }) => !done))
      throw new Error(`neither ends: ${both.map(({ failure }) => failure).join('; ')}`);
    const other = both.find(({ done, failure }) => !done && !/is in use by/.test(failure ?? ''));
    if (other) throw new Error(`one fails: ${other.failure ?? other.code}`);
    await writers[name].check(
      folder,
      both.flatMap(({ oks }) => oks),
    );
    if (expected) same(expected, filesIn(folder), name);
  });
  if (!held) return 'broken';
  return refused.length > 0 ? 'one is refused' : 'both end';
}

/** @param {Map<string, string>} expected @param {Map<string, string>} found @param {string} name */
function same(expected, found, name) {
  const left = [...found.keys()].filter((path) => !expected.has(path));
  if (left.length > 0) throw new Error(`${name}: leaves ${left.slice(0, 5).join(', ')}`);
  for (const [path, hash] of expected) {
    if (!found.has(path)) throw new Error(`${name}: ${path} is missing`);
    if (!varying.test(path) && found.get(path) !== hash)
      throw new Error(`${name}: ${path} is another file than without a blow`);
  }
}

/** @param {string} name @param {string} when @param {() => Promise<void>} action */
async function holds(name, when, action) {
  try {
    await action();
    return true;
  } catch (error) {
    broken.push(`${name}, ${when}: ${error instanceof Error ? error.message : error}`);
    return false;
  }
}

/**
 * A process that does the work of a writer.
 * @param {string} name
 * @param {string} folder
 * @param {number} [limit] KiB of its largest file
 */
function start(name, folder, limit) {
  const args = [
    join(root, 'scripts', 'torture', 'child.mjs'),
    name,
    folder,
    JSON.stringify({ hub: hub.url }),
  ];
  const stdio = /** @type {import('node:child_process').StdioOptions} */ ([
    'ignore',
    'ignore',
    'pipe',
    'pipe',
  ]);
  const child =
    limit === undefined
      ? spawn(process.execPath, args, { stdio })
      : spawn('sh', ['-c', `ulimit -f ${2 * limit}; exec "$0" "$@"`, process.execPath, ...args], { stdio });
  /** @type {string[]} */
  const oks = [];
  let rest = '';
  let errors = '';
  let [done, over] = [false, false];
  /** @type {string | undefined} */
  let failure;
  let [begin, onOk] = [() => {}, () => {}];
  const begun = new Promise((resolve) => {
    begin = () => resolve(undefined);
  });
  const take = (/** @type {string} */ line) => {
    if (line === 'ready') begin();
    else if (line === 'done') done = true;
    else if (line.startsWith('failed ')) failure = line.slice(7);
    else if (line.startsWith('ok ')) {
      oks.push(line.slice(3));
      onOk();
    }
  };
  child.stdio[3]?.on('data', (data) => {
    const lines = (rest + data).split('\n');
    rest = lines.pop() ?? '';
    lines.forEach(take);
  });
  child.stderr?.on('data', (data) => {
    errors = (errors + data).slice(-2000);
  });
  const timer = setTimeout(() => {
    failure = `takes more than ${patience / 1000} s`;
    child.kill('SIGKILL');
  }, patience);
  const ended = new Promise((resolve) =>
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      begin();
      over = true;
      onOk();
      resolve({ oks, done, failure, code: signal ?? `${code}: ${errors.slice(-500)}` });
    }),
  );
  return {
    begun,
    /** After so many acknowledgements, or the end. @param {number} count */
    acknowledged: (count) =>
      new Promise((resolve) => {
        onOk = () => {
          if (over || oks.length >= count) resolve(undefined);
        };
        onOk();
      }),
    kill: () => child.kill('SIGKILL'),
    ended:
      /** @type {Promise<{ oks: string[], done: boolean, failure: string | undefined, code: string }>} */ (
        ended
      ),
  };
}

/** A hub with one model, which it sends slowly enough to be killed within. */
async function startHub() {
  const commit = 'c'.repeat(40);
  const entry = (/** @type {[string, Buffer]} */ [path, bytes]) => ({
    ...{ path, type: 'file', size: bytes.length },
    oid: createHash('sha1').update(`blob ${bytes.length}\0`).update(bytes).digest('hex'),
    ...(path.endsWith('.safetensors') && {
      lfs: { oid: createHash('sha256').update(bytes).digest('hex'), size: bytes.length },
    }),
  });
  const server = createServer((request, response) => {
    const path = String(request.url).replace(/\?.*/, '');
    const json = (/** @type {unknown} */ value) =>
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(value));
    if (path.includes('/revision/'))
      return json({
        id: 'lab/model',
        sha: commit,
        siblings: Object.keys(hubFiles).map((rfilename) => ({ rfilename })),
      });
    if (path.includes('/paths-info/')) return json(Object.entries(hubFiles).map(entry));
    const bytes = hubFiles[/** @type {keyof typeof hubFiles} */ (path.split('/').at(-1))];
    const from = Number(/bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0);
    response.writeHead(
      from > 0 ? 206 : 200,
      from > 0 ? { 'content-range': `bytes ${from}-${bytes.length - 1}/${bytes.length}` } : {},
    );
    let at = from;
    const more = () => {
      if (response.destroyed || at >= bytes.length) return response.end();
      response.write(bytes.subarray(at, at + 60_000));
      at += 60_000;
      setTimeout(more, 2);
    };
    more();
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', () => done(undefined)));
  const address = /** @type {import('node:net').AddressInfo} */ (server.address());
  return { url: `http://127.0.0.1:${address.port}`, close: () => server.close() };
}
