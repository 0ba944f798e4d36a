// What a machine with a GPU does: npm run gpu-check [-- --continue] [--minutes 6] [--output docs/gpu] [--python python3]
// Writes <card>.json and <card>.md there. --continue measures what an earlier run had no time for, or where it failed.
// --only step: this part, anew; more than once for several. The parts are those of gpuCheck/plan.mjs.
// --quick: small shapes, on the CPU too, to try the check itself.
// Needs Node, dist/, node_modules/, test/golden/ and this folder: no network, nothing to install.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { runChild } from './gpuCheck/child.mjs';
import { page } from './gpuCheck/page.mjs';
import { plan } from './gpuCheck/plan.mjs';
import { summarize } from './gpuCheck/summary.mjs';

const root = resolve(fileURLToPath(new URL('..', import.meta.url)));
const { values: options } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    continue: { type: 'boolean', default: false },
    minutes: { type: 'string', default: '6' },
    output: { type: 'string', default: join(root, 'docs', 'gpu') },
    python: { type: 'string', default: 'python3' },
    only: { type: 'string', multiple: true },
  },
});
const { quick } = options;
const end = performance.now() + 60_000 * Number(options.minutes);
const secondsLeft = () => (end - performance.now()) / 1000;
/** A last margin, for what is written. */
const margin = 3;

const machine = await run('machine.mjs', { engines: quick ? ['cuda', 'native', 'wasm'] : ['cuda'] }, 60);
const [found, ...engines] = machine.lines;
const used = engines.find(({ ok }) => ok);
if (!used) {
  const reasons = engines.map(({ engine, reason }) => `${engine}: ${reason}`);
  console.error(`gpu-check: no GPU to check: ${machine.reason ?? reasons.join('; ')}`);
  console.error('What to do: "npx solireward doctor" says more; --quick tries the check itself on the CPU.');
  process.exit(1);
}
const card = (used.engine === 'cuda' && found.card) || 'CPU';
const file = join(options.output, card.replaceAll(/\W+/g, '-').toLowerCase());
mkdirSync(options.output, { recursive: true });
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
/** @type {Record<string, import('./gpuCheck/summary.mjs').Measured>} */
const parts = options.continue || options.only ? earlier() : {};
console.log(`${card}: ${used.library}; ${options.minutes} minutes`);

const golden = join(root, 'test', 'golden');
const planned = plan({ ...used, quick, golden });
const unknown = (options.only ?? []).filter((only) => !planned.some(({ name }) => name === only));
if (unknown.length > 0) {
  const names = planned.map(({ name }) => name).join(', ');
  console.error(`gpu-check: there is no part ${unknown.join(', ')}; --only takes ${names}`);
  process.exit(2);
}
for (const { name, title, script, settings, limit, needs } of planned) {
  if (options.only ? !options.only.includes(name) : parts[name]?.status === 'measured') continue;
  const date = new Date().toISOString();
  const left = secondsLeft() - margin;
  if (left < needs) {
    const reason = 'no time left; npm run gpu-check -- --continue';
    parts[name] ??= { title, date, status: 'out of time', reason, seconds: 0, lines: [] };
  } else {
    const before = programs();
    const outcome = await run(script, withTokens(script, settings), Math.floor(Math.min(limit, left)));
    parts[name] = { title, date, ...outcome, programs: programs() - before };
  }
  const { status, seconds, reason } = parts[name];
  console.log([`${title}: ${status}`, `${seconds} s`, reason].filter(Boolean).join(', '));
  write();
}
write();
console.log(`written: ${file}.json, ${file}.md`);

/** @param {string} script @param {object} settings @param {number} limit */
function run(script, settings, limit) {
  const path = join(root, 'scripts', 'gpuCheck', script);
  const program = script.endsWith('.py') ? options.python : process.execPath;
  return runChild(program, [path, JSON.stringify(settings)], { limit, cwd: root });
}

/** PyTorch takes sequences as long as ours. @param {string} script @param {object} settings */
function withTokens(script, settings) {
  const tokens = parts.step?.lines.find(({ tokens }) => tokens)?.tokens;
  return script.endsWith('.py') && tokens ? { ...settings, tokens } : settings;
}

/** Programs that XLA keeps on disk, of any card. */
function programs() {
  const folder = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'solireward', 'xla');
  try {
    return readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
      .length;
  } catch {
    return 0;
  }
}

/** The parts of an earlier run. */
function earlier() {
  try {
    return JSON.parse(readFileSync(`${file}.json`, 'utf8')).parts;
  } catch {
    return {};
  }
}

function write() {
  const peer = parts.peer?.lines.find(({ torch }) => torch);
  const report = {
    card,
    memory: found.memory,
    driver: found.driver,
    date: new Date().toISOString(),
    quick,
    versions: {
      solireward: version,
      node: found.node,
      library: used.library,
      torch: peer?.torch,
      transformers: peer?.transformers,
    },
    engines,
    summary: summarize(parts),
    parts,
  };
  writeFileSync(`${file}.json`, `${JSON.stringify(report, null, 2)}\n`);
  writeFileSync(`${file}.md`, page(report));
}
