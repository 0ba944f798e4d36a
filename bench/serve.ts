// What serving costs: npx vite-node bench/serve.ts [requests, default 2000] [requests of the hostile part, default 10000]
// A model of 20,000 parameters whose clips are made up, so that HTTP and queue are measured and not the model: clips a second and
// the time of a request at 1, 8 and 64 callers. Then 64 callers of whom a quarter leave, and a quarter talk nonsense before they
// ask: every answer has to be the library's own, to the bit, and memory must not grow.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Random } from '../src/base/random.js';
import { use } from '../src/engine/use.js';
import { clips as scoreClips } from '../src/score/clips.js';
import { serve } from '../src/serve/serve.js';
import { smallModel } from '../test/support/smallModel.js';

const [requests = 2000, hostile = 10_000] = process.argv.slice(2).map(Number);
console.log((await use('auto')).toString());
const folder = mkdtempSync(join(tmpdir(), 'serve-bench-'));
const path = join(folder, 'clip.mp4');
writeFileSync(path, 'made up');
const model = await smallModel();
const ids = Array.from({ length: 200 }, (_, i) => `${i % 2 ? 'pass' : 'fail'}-${i}`);
const known = await scoreClips(
  model,
  ids.map((id) => ({ id, path, prompt: 'a ball' })),
  { batchSize: 1 },
);
const expected = known.array('score') as number[];
const server = await serve(model, { roots: [folder], batchSize: 1, queued: 100_000 });
const agent = new Agent({ keepAlive: true, maxSockets: 64 });

/** The answer to a body; undefined where the caller has left after some milliseconds. */
function ask(body: string, leaveAfter?: number): Promise<{ status: number; text: string } | undefined> {
  return new Promise((resolve, reject) => {
    const asking = request(`${server.address}/v1/scores`, {
      ...{ method: 'POST', agent },
      headers: { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) },
    });
    asking.on('response', (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (part) => {
        text += part;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
      response.on('error', () => resolve(undefined));
    });
    asking.on('error', (error) => (leaveAfter === undefined ? reject(error) : resolve(undefined)));
    asking.end(body);
    if (leaveAfter !== undefined) setTimeout(() => asking.destroy(), leaveAfter);
  });
}

const bodyOf = (i: number) =>
  JSON.stringify({ clips: [{ path, id: ids[i % ids.length], prompt: 'a ball' }] });

/** Whether the answer to the i-th request is the library's, to the bit. */
function check(i: number, answer: { status: number; text: string } | undefined): void {
  const score = answer?.status === 200 ? JSON.parse(answer.text).scores[0].score : undefined;
  if (score !== expected[i % ids.length]) {
    throw new Error(`request ${i}: expected ${expected[i % ids.length]}, received ${answer?.text}`);
  }
}

async function callers(count: number, total: number, one: (i: number) => Promise<void>): Promise<void> {
  let next = 0;
  const call = async () => {
    for (let i = next++; i < total; i = next++) await one(i);
  };
  await Promise.all(Array.from({ length: count }, call));
}

console.log('callers  clips/s   p50 ms   p95 ms   p99 ms');
for (const count of [1, 8, 64]) {
  const times: number[] = [];
  const start = performance.now();
  await callers(count, requests, async (i) => {
    const asked = performance.now();
    check(i, await ask(bodyOf(i)));
    times.push(performance.now() - asked);
  });
  const seconds = (performance.now() - start) / 1000;
  times.sort((a, b) => a - b);
  const quantile = (share: number) => times[Math.floor(share * (times.length - 1))].toFixed(1).padStart(8);
  console.log(
    `${String(count).padStart(7)} ${(requests / seconds).toFixed(0).padStart(8)} ${[0.5, 0.95, 0.99].map(quantile).join(' ')}`,
  );
}

const random = new Random(1);
const memory: number[] = [];
await callers(64, hostile, async (i) => {
  const kind = random.integer(4);
  if (kind === 0 && (await ask(`{"clips": [${i}`))?.status !== 400)
    throw new Error(`nonsense ${i} is answered`);
  if (kind === 1) await ask(bodyOf(i), random.integer(8));
  check(i, await ask(bodyOf(i)));
  if (i % Math.ceil(hostile / 10) === 0) memory.push(Math.round(process.memoryUsage.rss() / 1e6));
});
console.log(`${hostile} requests of 64 callers: every answer is right; memory ${memory.join(', ')} MB`);
await server.close();
agent.destroy();
rmSync(folder, { recursive: true });
process.exit(0);
