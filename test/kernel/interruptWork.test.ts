import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { ffmpegPaths } from '../../src/data/video/tools.js';
import { Client, contents, result } from '../support/kernelClient.js';
import { toolsOf } from '../support/tools.js';

let client: Client;
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'solireward-work-'));
  client = await Client.start(folder);
}, 300_000);
afterAll(async () => {
  await client.stop();
  rmSync(folder, { recursive: true });
});

const interrupt = () => client.request('interrupt_request', {}, { channel: 'control' });

it('stops a training, which saves its checkpoint, says so, and continues with it', async () => {
  const setUp = await client.execute(`import * as sr from 'solireward';
await sr.engine.use('wasm');
const world = await sr.data.makeWorld({ folder: 'world', clips: 24, seed: 1 });
const { labels } = sr.data.dawidSkene(world.votes);
const model = await sr.model.tiny({ dimension: 'physics', seed: 1, config: { numSegments: 2 } });
const train = () => sr.train.fit(model, sr.pairing.crossPrompt(labels, { dimension: 'physics', winTie: 0, seed: 1 }), {
  folder: 'run', steps: 100000, batchSize: 1, accumulate: 1, trainable: 'head', onProgress: ({ step }) => console.log('step', step) });`);
  expect(setUp.reply.content).toMatchObject({ status: 'ok' });
  const running = await client.send('execute_request', { code: 'await train()' });
  await client.until(() =>
    client.published(running).some(({ content }) => /step 2/.test(String(content.text))),
  );
  await interrupt();
  const outcome = await client.outcome(running);
  expect(outcome.reply.content.ename).toBe('Interrupted');
  const said = () => contents({ ...outcome, published: client.published(running) }, 'display_data');
  // On a slow machine the chart is shown before.
  await client.until(() => JSON.stringify(said()).includes('is saved in run/checkpoints'));
  expect(readdirSync(join(folder, 'run', 'checkpoints'))).toHaveLength(1);
}, 300_000);

it('ends what decodes a clip', async () => {
  execFileSync(ffmpegPaths().ffmpeg, [
    '-v',
    'error',
    '-f',
    'lavfi',
    '-i',
    'testsrc=s=640x360:d=20:r=30',
    '-preset',
    'ultrafast',
    join(folder, 'long.mp4'),
  ]);
  await client.execute("import * as sr from 'solireward'; const kept = 1");
  const code = `for (;;) await sr.data.readClips([{ id: 'a', path: 'long.mp4', prompt: '' }], {
  segments: 500, parameters: {}, transform: ({ frames }) => frames[0] })`;
  const idle = toolsOf(client.process.pid!).length; // decoders of the threads that read for the training
  const running = await client.send('execute_request', { code });
  const decoding = () => toolsOf(client.process.pid!).length > idle;
  await vi.waitUntil(decoding, { timeout: 100_000, interval: 5 });
  await interrupt();
  expect((await client.outcome(running)).reply.content.status).toBe('error');
  await vi.waitUntil(() => !decoding(), { timeout: 100_000 });
  expect(result(await client.execute('kept'))['text/plain']).toBe('1');
}, 300_000);
