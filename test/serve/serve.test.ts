import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer, request as httpRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Random } from '../../src/base/random.js';
import type { Clip } from '../../src/data/clip.js';
import { use } from '../../src/engine/use.js';
import type { RewardModel } from '../../src/model/rewardModel.js';
import { tiny } from '../../src/model/tiny.js';
import { clips as scoreClips } from '../../src/score/clips.js';
import type { LogEntry, RewardServer } from '../../src/serve/rewardServer.js';
import { type ServeOptions, serve } from '../../src/serve/serve.js';
import { makeClips } from '../support/clips.js';
import { engines } from '../support/engines.js';
import { smallHeads } from '../support/smallHeads.js';
import { smallModel } from '../support/smallModel.js';

let folder: string;
let model: RewardModel;
/** Any path will do for clips that are made up. */
let path: string;
beforeAll(async () => {
  await use((await engines())[0]);
  folder = await mkdtemp(join(tmpdir(), 'serve-'));
  path = join(folder, 'clip.mp4');
  await writeFile(path, 'made up');
  model = await smallModel();
});
afterAll(async () => {
  model.dispose();
  await rm(folder, { recursive: true });
});

let server: RewardServer | undefined;
let log: LogEntry[] = [];
afterEach(async () => {
  await server?.close();
  server = undefined;
});
async function start(options: ServeOptions = {}, models: Parameters<typeof serve>[0] = model) {
  log = [];
  server = await serve(models, {
    roots: [folder],
    batchSize: 1,
    onAnswer: (entry) => log.push(entry),
    ...options,
  });
  return server.address;
}
const ask = (address: string, way: string, body: unknown, headers: Record<string, string> = {}) =>
  fetch(address + way, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
const plain = async (address: string, clips: object[]) =>
  (await ask(address, '/v1/scores', { clips })).json();
/** The scores of clips of these ids, as the library gives them, to the bit: rounding depends on what is computed together. */
async function scoresOf(ids: readonly string[]): Promise<number[]> {
  const known = ids.map((id): Clip => ({ id, path, prompt: 'a ball' }));
  return (await scoreClips(model, known, { batchSize: 1 })).array('score') as number[];
}

describe('POST /score', () => {
  const turn = (id: string, text = 'a ball') => ({
    history: [
      { text: 'an earlier turn', image_b64: '' },
      { text, video_path: path },
    ],
    required_rewards: ['physics'],
    request_id: id,
  });

  it('answers one to one, and an error of one leaves the others alone', async () => {
    const address = await start();
    const requests = [
      turn('pass-1'),
      { history: [], required_rewards: ['physics'] },
      turn('fail-2'),
      { ...turn('x'), required_rewards: ['physics', 'beauty'] },
      turn('broken-3'),
      { ...turn('y'), history: [{ text: 'a picture', image_b64: 'AAAA' }] },
    ];
    const answer = await ask(address, '/score', { protocol_version: '1', requests, metadata: { any: 1 } });
    expect(answer.status).toBe(200);
    const { results, errors, identities } = await answer.json();
    const [first, second, third] = await scoresOf(['pass-1', 'fail-2', 'x']);
    expect(results).toEqual([
      { physics: { physics: first } },
      {},
      { physics: { physics: second } },
      { physics: { physics: third } },
      {},
      {},
    ]);
    expect(errors).toEqual([
      {},
      { request: 'requests[1].history: expected a list that is not empty, received []' },
      {},
      { beauty: 'there is no reward "beauty" here; there are physics' },
      { physics: 'no video stream' },
      { request: expect.stringContaining('expected video_path or video_b64') },
    ]);
    expect(identities[0]).toEqual({
      request_id: 'pass-1',
      rewards: { physics: expect.stringMatching(/^[0-9a-f]{16}$/) },
    });
    expect(log).toMatchObject([{ path: '/score', status: 200, clips: 6, failed: 4 }]);
  });

  it('scores by several models, by their names', async () => {
    const other = await smallModel(2);
    const address = await start({}, { first: model, second: other });
    const requests = [{ ...turn('a'), required_rewards: ['second', 'first'] }];
    const { results } = await (await ask(address, '/score', { requests })).json();
    const [expected] = await scoresOf(['a']);
    expect(results[0].first.physics).toBe(expected);
    expect(results[0].second.physics).not.toBe(expected);
    expect(await (await fetch(`${address}/rewards`)).json()).toEqual({ rewards: ['first', 'second'] });
    const without = await ask(address, '/v1/scores', { clips: [{ path }] });
    expect(without.status).toBe(400);
    expect((await without.json()).error).toContain('expected reward to be one of first, second');
    other.dispose();
  });

  it('gives each dimension of several heads, and the spread of an ensemble, from one look at a clip', async () => {
    const heads = await smallHeads({ physics: [1], deformity: [2, 3] });
    const address = await start({}, { quality: heads, first: model });
    const requests = [
      { ...turn('pass-1'), required_rewards: ['quality', 'first'] },
      { ...turn('broken-2'), required_rewards: ['quality'] },
    ];
    const { results, errors, identities } = await (await ask(address, '/score', { requests })).json();
    const known = [{ id: 'pass-1', path, prompt: 'a ball' }];
    const [physics, deformity] = (await scoreClips(heads, known, { batchSize: 1 })).objects();
    const numbers = {
      physics: physics.score,
      deformity: deformity.score,
      deformity_spread: deformity.spread,
    };
    expect(results).toEqual([{ quality: numbers, first: { physics: expect.any(Number) } }, {}]);
    expect(errors).toEqual([{}, { quality: 'no video stream' }]);
    const plainly = { reward: 'quality', clips: [{ path, prompt: 'a ball', id: 'pass-1' }] };
    expect((await (await ask(address, '/v1/scores', plainly)).json()).scores).toEqual([
      { id: 'pass-1', metrics: numbers },
    ]);
    await server?.close();

    const alone = await start({}, heads.only('deformity'));
    expect(await (await fetch(`${alone}/rewards`)).json()).toEqual({ rewards: ['deformity'] });
    const answer = await plain(alone, [{ path, prompt: 'a ball', id: 'pass-1' }]);
    const { score, spread } = deformity;
    expect(answer.scores).toEqual([{ id: 'pass-1', score, spread }]);
    // What the members are brought to one scale by makes other scores.
    for (const { card } of heads.of('deformity')) Object.assign(card, { scoreMean: 0, scoreDeviation: 2 });
    await server?.close();
    const again = await start({}, heads.only('deformity'));
    const rescaled = await plain(again, [{ path, prompt: 'a ball', id: 'pass-1' }]);
    expect(rescaled.scores[0].score).toBeCloseTo(score / 2, 6);
    expect(rescaled.identity).not.toBe(answer.identity);
    expect(identities[0].rewards).toEqual({ quality: expect.any(String), first: expect.any(String) });
    heads.dispose();
  });

  it.each([
    ['another protocol', { protocol_version: '2', requests: [{}] }, 'expected protocol_version "1"'],
    ['no requests', {}, 'requests: expected a list that is not empty, received nothing'],
    ['no object', [1], 'the body: expected an object, received [1]'],
    ['no JSON', '{"requests": [', 'the body is not valid JSON'],
  ])('refuses a body with %s', async (_, body, reason) => {
    const answer = await ask(await start(), '/score', body);
    expect(answer.status).toBe(400);
    expect((await answer.json()).error).toContain(reason);
  });
});

describe('POST /v1/scores', () => {
  it('scores clips by path, bytes and URL of an allowed host, equal to score.clips', async () => {
    const real = await tiny({ seed: 3, config: { numSegments: 2 } });
    const clips = (await makeClips(folder, 2)).map((clip) => ({ ...clip, prompt: 'a ball' }));
    const expected = (await scoreClips(real, clips, { batchSize: 1 })).array('score') as number[];
    const files = createServer(async (request, response) => {
      if (request.url === '/moved') response.writeHead(302, { Location: '/0' }).end();
      else if (request.url === '/none') response.writeHead(404).end();
      else response.end(await readFile(clips[Number(request.url?.slice(1))].path));
    });
    files.listen(0, '127.0.0.1');
    await once(files, 'listening');
    const host = `127.0.0.1:${(files.address() as AddressInfo).port}`;
    const address = await start({ hosts: [host] }, real);
    const bytes = await readFile(clips[1].path);
    const { scores } = await plain(address, [
      { path: clips[0].path, prompt: 'a ball', id: 'first' },
      { video_b64: bytes.toString('base64'), prompt: 'a ball' },
      { url: `http://${host}/0`, prompt: 'a ball' },
      { url: `http://${host}/moved` },
      { url: `http://${host}/none` },
      { url: 'http://example.org/clip.mp4' },
      { url: 'file:///etc/passwd' },
      { video_b64: '%%%' },
      { path: clips[0].path, url: `http://${host}/0` },
      {},
    ]);
    expect(scores.slice(0, 3)).toEqual([
      { id: 'first', score: expected[0] },
      { score: expected[1] },
      { score: expected[0] },
    ]);
    const reasons = scores.slice(3).map(({ error }: { error: string }) => error);
    expect(reasons).toEqual([
      expect.stringContaining('cannot be fetched'),
      expect.stringContaining('it answers 404'),
      expect.stringContaining(`"example.org" is not allowed here: clips are fetched from ${host} only`),
      expect.stringContaining('expected an http or https URL'),
      'the bytes of a clip are not base64',
      'expected one of path, bytes and URL for a clip, received 2',
      'expected one of path, bytes and URL for a clip, received 0',
    ]);
    files.close();
    real.dispose();
  });

  it('reads files below its roots only, with symbolic links resolved', async () => {
    const [inside, outside] = [join(folder, 'inside'), join(folder, 'outside')];
    for (const each of [inside, outside]) {
      await mkdir(each);
      await writeFile(join(each, 'a.mp4'), 'made up');
    }
    await symlink(join(outside, 'a.mp4'), join(inside, 'link.mp4'));
    const address = await start({ roots: [inside] });
    const { scores } = await plain(address, [
      { path: join(inside, 'a.mp4') },
      { path: join(inside, 'link.mp4') },
      { path: join(inside, '..', 'outside', 'a.mp4') },
      { path: join(inside, 'none.mp4') },
      { path: 'inside/a.mp4' },
      { path: inside },
    ]);
    const refused = expect.stringContaining('is not a file below the roots of this server');
    expect(scores).toEqual([
      { score: expect.any(Number) },
      { error: refused },
      { error: refused },
      { error: refused },
      { error: 'expected an absolute path, received "inside/a.mp4"' },
      { error: refused },
    ]);
    await server?.close();
    const none = await start({ roots: [] });
    expect((await plain(none, [{ path }])).scores[0].error).toContain('started without a root');
  });
});

describe('who may call', () => {
  it('needs its token, if it has one, in every request', async () => {
    const address = await start({ token: 'secret' });
    for (const way of ['/health', '/metrics', '/rewards']) {
      expect((await fetch(address + way)).status).toBe(401);
      const headers = { Authorization: 'Bearer secret' };
      expect((await fetch(address + way, { headers })).status).toBe(200);
    }
    expect((await ask(address, '/score', {}, { Authorization: 'Bearer wrong!' })).status).toBe(401);
  });

  it('is not served to others without a token', async () => {
    await expect(serve(model, { host: '0.0.0.0' })).rejects.toThrow(
      '0.0.0.0 can be reached by others; give a token',
    );
    await expect(serve(model, { token: '' })).rejects.toThrow('the token is empty');
    await expect(serve({})).rejects.toThrow('at least one model');
    await expect(serve(model, { seconds: 0 })).rejects.toThrow('expected seconds to be positive, received 0');
  });

  it('without a token answers to names of this machine alone, and to JSON alone', async () => {
    const address = await start();
    const status = await new Promise((resolve) => {
      httpRequest(`${address}/health`, { headers: { Host: 'evil.example' } }, ({ statusCode }) =>
        resolve(statusCode),
      ).end();
    });
    expect(status).toBe(403);
    const form = await ask(address, '/v1/scores', { clips: [{ path }] }, { 'Content-Type': 'text/plain' });
    expect(form.status).toBe(415);
  });
});

/** A model that computes when it is let. */
async function heldModel() {
  const held = await smallModel();
  let let_ = () => {};
  const gate = new Promise<void>((resolve) => {
    let_ = resolve;
  });
  const calls: number[] = [];
  const rewards = held.rewards.bind(held);
  held.rewards = async (inputs) => {
    calls.push(inputs.length);
    await gate;
    return rewards(inputs);
  };
  return { held, calls, let: () => let_() };
}

describe('limits', () => {
  it.each([
    [{ bodyBytes: 50 }, 413, 'the body has more than 50 bytes'],
    [{ queued: 2 }, 413, '3 clips at once, of at most 2'],
  ])('of %j', async (options, status, reason) => {
    const address = await start(options);
    const answer = await ask(address, '/v1/scores', { clips: [{ path }, { path }, { path }] });
    expect(answer.status).toBe(status);
    expect((await answer.json()).error).toContain(reason);
  });

  it('has callers wait who bring more than can be taken', async () => {
    const { held, let: go } = await heldModel();
    const address = await start({ queued: 3 }, held);
    const first = plain(address, [{ path }, { path }, { path }]);
    await expect.poll(async () => (await (await fetch(`${address}/health`)).json()).queued.physics).toBe(3);
    const second = await ask(address, '/v1/scores', { clips: [{ path }] });
    expect(second.status).toBe(429);
    expect(Number(second.headers.get('retry-after'))).toBeGreaterThan(0);
    go();
    expect((await first).scores).toHaveLength(3);
    expect((await ask(address, '/v1/scores', { clips: [{ path }] })).status).toBe(200);
    held.dispose();
  });

  it('puts clips of many callers into batches', async () => {
    const { held, calls, let: go } = await heldModel();
    const address = await start({ batchSize: 4 }, held);
    const ids = Array.from({ length: 9 }, (_, i) => `${i}`);
    const all = ids.map((id) => plain(address, [{ path, id }]));
    await expect.poll(async () => (await (await fetch(`${address}/health`)).json()).queued.physics).toBe(9);
    go();
    const scores = (await Promise.all(all)).map(({ scores: [{ score }] }) => score);
    expect(scores).toBeAllclose(await scoresOf(ids), { rtol: 1e-5 });
    expect(calls.reduce((sum, size) => sum + size)).toBe(9);
    expect(Math.max(...calls)).toBe(4);
    held.dispose();
  });

  it('of time is told to the clip', async () => {
    const { held, let: go } = await heldModel();
    const address = await start({ seconds: 0.3 }, held);
    const { scores } = await plain(address, [{ path }]);
    expect(scores).toEqual([{ error: 'it took more than 0.3 s, the limit of a request' }]);
    go();
    held.dispose();
  });

  it.each([
    ['GET', '/', 404],
    ['POST', '/health', 404],
    ['PUT', '/score', 405],
  ])('does not know %s %s', async (method, way, status) => {
    const address = await start();
    expect((await fetch(address + way, { method })).status).toBe(status);
  });
});

describe('a caller who comes again', () => {
  it('with the same key gets the same answer, computed once', async () => {
    const { held, calls, let: go } = await heldModel();
    const address = await start({}, held);
    const again = () =>
      ask(address, '/v1/scores', { clips: [{ path, id: 'a' }] }, { 'Idempotency-Key': 'k' });
    const both = Promise.all([again(), again()]);
    go();
    const texts = await Promise.all((await both).map((answer) => answer.text()));
    expect(await (await again()).text()).toBe(texts[0]);
    expect(texts[1]).toBe(texts[0]);
    expect(calls).toEqual([1]);
    const other = await ask(
      address,
      '/v1/scores',
      { clips: [{ path, id: 'b' }] },
      { 'Idempotency-Key': 'k' },
    );
    expect(other.status).toBe(422);
    held.dispose();
  });
});

it('close answers what was taken, and takes no more', async () => {
  const { held, let: go } = await heldModel();
  const address = await start({}, held);
  const taken = plain(address, [{ path, id: 'a' }]);
  await expect.poll(async () => (await (await fetch(`${address}/health`)).json()).queued.physics).toBe(1);
  const closed = server?.close();
  go();
  expect((await taken).scores[0].score).toBe((await scoresOf(['a']))[0]);
  await closed;
  await expect(fetch(`${address}/health`)).rejects.toThrow();
  held.dispose();
});

it('tells what it does: metrics, log and a table of its own', async () => {
  const address = await start();
  await plain(address, [
    { path, id: 'a' },
    { path, id: 'broken' },
  ]);
  const text = await (await fetch(`${address}/metrics`)).text();
  for (const line of [
    'solireward_requests_total{path="/v1/scores",status="200"} 1',
    'solireward_clips_total{reward="physics",outcome="scored"} 1',
    'solireward_clips_total{reward="physics",outcome="failed"} 1',
    'solireward_queued_clips{reward="physics"} 0',
    'solireward_request_seconds_count 1',
  ]) {
    expect(text.split('\n')).toContain(line);
  }
  // Prometheus' own rule: each line is a comment, or name, labels and a number.
  for (const line of text.trimEnd().split('\n'))
    expect(line).toMatch(/^(# (HELP|TYPE) \w+ .+|\w+(\{(\w+="[^"]*",?)+\})? [\d.e+-]+)$/);
  expect(log[0]).toMatchObject({ method: 'POST', path: '/v1/scores', status: 200, clips: 2, failed: 1 });
  const shown = server?.[Symbol.for('Jupyter.display') as never] as unknown as () => Record<string, string>;
  expect(shown.call(server)['text/plain']).toContain(`serves at: ${address}`);
});

it('no answer is lost or mixed among many callers, some of whom go or talk nonsense', async () => {
  const address = await start({ queued: 10_000 });
  const ids = Array.from({ length: 240 }, (_, i) => `${i % 3 ? 'pass' : 'fail'}-${i}`);
  const expected = await scoresOf(ids);
  const random = new Random(5);
  const plans = ids.map(() => random.integer(4));
  let next = 0;
  const answers = new Map<string, unknown>();
  const caller = async () => {
    for (let i = next++; i < ids.length; i = next++) {
      const body = { clips: [{ path, id: ids[i], prompt: 'a ball' }] };
      if (plans[i] === 0) expect((await ask(address, '/v1/scores', `{"clips": [${i}`)).status).toBe(400);
      if (plans[i] === 1) {
        const gone = new AbortController();
        const going = fetch(`${address}/v1/scores`, {
          ...{ method: 'POST', body: JSON.stringify(body), signal: gone.signal },
          headers: { 'Content-Type': 'application/json' },
        });
        setTimeout(() => gone.abort(), i % 7);
        await going.then((answer) => answer.text()).catch(() => {});
      }
      answers.set(ids[i], await (await ask(address, '/v1/scores', body)).json());
    }
  };
  await Promise.all(Array.from({ length: 16 }, caller));
  for (const [i, id] of ids.entries()) {
    expect(answers.get(id)).toMatchObject({ scores: [{ id, score: expected[i] }] });
  }
  await expect.poll(async () => (await (await fetch(`${address}/health`)).json()).queued.physics).toBe(0);
});
