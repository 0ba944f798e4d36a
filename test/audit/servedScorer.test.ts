import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { AuditedClip } from '../../src/audit/scorer.js';
import { served } from '../../src/audit/servedScorer.js';

const clips = ['a', 'b', 'c'].map(
  (id): AuditedClip => ({ id, path: `/clips/${id}.mp4`, prompt: id, of: id, family: 'blur', level: 1 }),
);

interface Request {
  headers: IncomingMessage['headers'];
  clips: { id: string; path: string; prompt: string }[];
}

let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

/** A server that answers requests so; its URL. */
function answering(answer: (request: Request, response: ServerResponse) => void): Promise<string> {
  const made = createServer(async (message, response) => {
    let text = '';
    for await (const chunk of message) text += chunk;
    answer({ headers: message.headers, ...JSON.parse(text) }, response);
  });
  server = made;
  return new Promise((resolve) => {
    made.listen(0, '127.0.0.1', () =>
      resolve(`http://127.0.0.1:${(made.address() as AddressInfo).port}/score?key=secret`),
    );
  });
}
const json = (value: unknown) => (_: Request, response: ServerResponse) =>
  response.end(JSON.stringify(value));

describe('served', () => {
  it('posts clips in batches and takes their scores', async () => {
    const seen: Request[] = [];
    const url = await answering((request, response) => {
      seen.push(request);
      response.end(
        JSON.stringify({
          scores: request.clips.map(({ id }) => (id === 'b' ? { error: 'dark' } : { score: 2 })),
        }),
      );
    });
    const scorer = served(url, { batchSize: 2, headers: { authorization: 'Bearer x' } });
    expect(scorer.name).toBe(url.replace('?key=secret', ''));
    expect(await scorer.score(clips, {})).toEqual([{ score: 2 }, { reason: 'dark' }, { score: 2 }]);
    expect(seen.map(({ clips }) => clips)).toEqual([
      clips.slice(0, 2).map(({ id, path, prompt }) => ({ id, path, prompt })),
      clips.slice(2).map(({ id, path, prompt }) => ({ id, path, prompt })),
    ]);
    expect(seen[0].headers).toMatchObject({ authorization: 'Bearer x', 'content-type': 'application/json' });
  });

  it('gives whole paths, since the server may have another folder', async () => {
    let path = '';
    const url = await answering(({ clips }, response) => {
      [{ path }] = clips;
      response.end(JSON.stringify({ scores: [1] }));
    });
    await served(url).score([{ ...clips[0], path: join('runs', 'a.mp4') }], {});
    expect(path).toBe(join(process.cwd(), 'runs', 'a.mp4'));
  });

  it('tries clip by clip where a request fails', async () => {
    const url = await answering(({ clips }, response) => {
      if (clips.some(({ id }) => id === 'c')) response.writeHead(500);
      response.end(JSON.stringify({ scores: clips.map(() => 1) }));
    });
    const found = await served(url, { batchSize: 3 }).score(clips, {});
    expect(found).toEqual([{ score: 1 }, { score: 1 }, { reason: 'it answered 500: {"scores":[1]}' }]);
  });

  it('asks a busy server again', async () => {
    let asked = 0;
    const url = await answering(({ clips }, response) => {
      if (++asked < 3) response.writeHead(asked === 1 ? 429 : 503, { 'retry-after': '0' }).end('busy');
      else response.end(JSON.stringify({ scores: clips.map(() => 1) }));
    });
    expect(await served(url).score(clips, {})).toEqual(clips.map(() => ({ score: 1 })));
    expect(asked).toBe(3);
    const busy = await answering((_, response) => response.writeHead(429).end());
    await expect(served(busy, { seconds: 0.3 }).score(clips, {})).rejects.toThrow(
      'has not answered for 0.3 s',
    );
  });

  it.each([
    [
      'too few scores',
      json({ scores: [1] }),
      'expected 3 scores, one for each clip in their order, received 1',
    ],
    ['no list', json({ scores: 1 }), 'expected a list of scores, received number: 1'],
    [
      'other names',
      json({ rewards: [1, 2, 3] }),
      'expected { "scores": [ … ] }, received {"rewards":[1,2,3]}',
    ],
    ['null', json(null), 'expected { "scores": [ … ] }, received null'],
    [
      'no JSON',
      (_: Request, response: ServerResponse) => response.end('<html>'),
      'expected JSON, received <html>',
    ],
  ])('refuses %s', async (_, answer, message) => {
    const url = await answering(answer);
    const failure = await served(url)
      .score(clips, {})
      .catch((error: Error) => error);
    expect(String(failure)).toContain(message);
    expect(String(failure)).not.toContain('secret');
  });

  it('says that it is not let in, or that nobody is there', async () => {
    const url = await answering((_, response) => response.writeHead(403).end('a token, please'));
    await expect(served(url).score(clips, {})).rejects.toThrow('answered 403: a token, please');
    server?.closeAllConnections();
    await new Promise((done) => server?.close(done));
    await expect(served(url).score(clips, {})).rejects.toThrow(/cannot be reached: .*ECONNREFUSED/);
  });

  it('waits no longer than it is told, and no longer than the signal lets it', async () => {
    const url = await answering(() => {});
    await expect(served(url, { seconds: 0.2 }).score(clips, {})).rejects.toThrow(
      'has not answered for 0.2 s',
    );
    const half = await answering((_, response) => response.write('{"scores": ['));
    await expect(served(half, { seconds: 0.2 }).score(clips, {})).rejects.toThrow(
      'has not answered for 0.2 s',
    );
    const stop = new AbortController();
    const waiting = served(url, {}).score(clips, { signal: stop.signal });
    stop.abort(new Error('enough'));
    await expect(waiting).rejects.toThrow('enough');
  });

  it.each(['', 'ftp://a/b', 'not a url', 'file:///etc/passwd'])('refuses the URL %j', (url) => {
    expect(() => served(url)).toThrow('expected an http or https URL');
  });
});
