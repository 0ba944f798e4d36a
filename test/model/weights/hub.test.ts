import { createHash } from 'node:crypto';
import { link, lstat, mkdir, mkdtemp, readdir, readFile, readlink, rm, writeFile } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { thisProcess } from '../../../src/base/owner.js';
import { type DownloadProgress, download } from '../../../src/model/weights/hub.js';
import { commit, type HubServer, hubServer } from '../../support/hubServer.js';

const weights = Buffer.from(Uint8Array.from({ length: 300_000 }, (_, i) => (i * i) % 251));
const repository = (): Record<string, Buffer> => ({
  'config.json': Buffer.from('{"of": "the root"}'),
  'model.safetensors': Buffer.from('weights of the root'),
  'run/training_config.json': Buffer.from('{"a": 1}'),
  'run/trainer_state.json': Buffer.from('{}'),
  'run/step-1/config.json': Buffer.from('{"b": 2}'),
  'run/step-1/model.safetensors': weights,
  'run/step-1/training_args.bin': Buffer.from('a pickle'),
  'run/step-1/merges.txt': Buffer.from('#version'),
  'old/config.json': Buffer.from('{}'),
  'old/pytorch_model.bin': Buffer.from('a pickle'),
  'old/training_args.bin': Buffer.from('another'),
});
const variables = ['HF_HUB_CACHE', 'HUGGINGFACE_HUB_CACHE', 'HF_TOKEN', 'HF_TOKEN_PATH', 'HF_HUB_OFFLINE'];

describe('download', () => {
  let home: string;
  let hub: HubServer;
  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), 'hub-'));
    hub = await hubServer(repository());
    vi.stubEnv('HF_HOME', home);
    vi.stubEnv('HF_ENDPOINT', hub.url);
    for (const name of variables) vi.stubEnv(name, undefined);
  });
  afterEach(async () => {
    vi.unstubAllEnvs();
    await hub.close();
    await rm(home, { recursive: true });
  });

  const hasty = { silence: 300, pause: 1, requests: 5, longest: 2000 };
  const timeout = 600_000;
  const step = { subfolder: 'run/step-1' };
  const cache = () => join(home, 'hub', 'models--lab--model');
  const requests = (file: string) => hub.log.filter((line) => line.includes(`/resolve/${commit}/${file}`));
  const file = 'run/step-1/model.safetensors';

  it('loads what a checkpoint needs into the cache of HF_HOME, laid out as Python does', async () => {
    const folder = await download('lab/model', step);
    const snapshot = join(cache(), 'snapshots', commit);
    expect(relative(snapshot, folder)).toBe(join('run', 'step-1'));
    expect((await readdir(folder)).sort()).toEqual(['config.json', 'merges.txt', 'model.safetensors']);
    expect(Buffer.compare(await readFile(join(folder, 'model.safetensors')), weights)).toBe(0);
    expect((await readdir(join(folder, '..'))).sort()).toEqual(['step-1', 'training_config.json']);
    expect(await readdir(snapshot)).toEqual(['run']);
    const sha256 = createHash('sha256').update(weights).digest('hex');
    expect(await readlink(join(folder, 'model.safetensors'))).toBe(`../../../../blobs/${sha256}`);
    // git hash-object of {"b": 2}
    expect(await readlink(join(folder, 'config.json'))).toBe(
      `../../../../blobs/${createHash('sha1').update('blob 8\0{"b": 2}').digest('hex')}`,
    );
    expect(await readdir(join(cache(), 'blobs'))).toHaveLength(4);
    expect(await readFile(join(cache(), 'refs', 'main'), 'utf8')).toBe(commit);
  });

  it('loads nothing twice, a content that another snapshot has included', async () => {
    const folder = await download('lab/model', step);
    hub.log.length = 0;
    expect(await download('lab/model', { subfolder: '/run/step-1/' })).toBe(folder);
    expect(hub.log.filter((line) => line.includes('/resolve/'))).toEqual([]);
    await rm(join(cache(), 'snapshots'), { recursive: true });
    expect(await download('lab/model', step)).toBe(folder);
    expect(hub.log.filter((line) => line.includes('/resolve/'))).toEqual([]);
    expect(Buffer.compare(await readFile(join(folder, 'model.safetensors')), weights)).toBe(0);
  });

  it('says how far it is', async () => {
    const progress: DownloadProgress[] = [];
    await download('lab/model', { ...step, onProgress: (state) => progress.push(state) });
    const total = weights.length + 8 + 8 + 8;
    expect(
      progress.every((state, i) => state.total === total && state.done > (progress[i - 1]?.done ?? 0)),
    ).toBe(true);
    expect(progress.at(-1)).toEqual({ file: 'run/training_config.json', done: total, total });
    progress.length = 0;
    await download('lab/model', { ...step, onProgress: (state) => progress.push(state) });
    expect(progress).toEqual([]);
  });

  it('resumes where a connection breaks, and in the next call where none brings anything', async () => {
    const incomplete = async () => {
      const names = await readdir(join(cache(), 'blobs'));
      return join(cache(), 'blobs', names.find((name) => name.endsWith('.incomplete')) ?? '');
    };
    hub.breaks = [undefined, 100_000, 50_000, 0, 0, 0];
    // What the client has not read when a connection breaks, is lost to it.
    hub.beforeBreak = (bytes) =>
      expect.poll(async () => (await lstat(await incomplete())).size, { interval: 5, timeout }).toBe(bytes);
    const failure = await download('lab/model', { ...step, patience: hasty }).catch(
      (error: Error) => error.message,
    );
    expect(failure).toMatch(/^fromHub: cannot download lab\/model\/run\/step-1\/model\.safetensors: /);
    expect(failure).toMatch(/150000 of 300000 bytes are kept, call again to continue$/);
    expect(requests(file).map((line) => line.split(' ')[2])).toEqual([
      undefined,
      'bytes=100000-',
      ...new Array(3).fill('bytes=150000-'),
    ]);
    expect((await lstat(await incomplete())).size).toBe(150_000);

    const folder = await download('lab/model', step);
    expect(requests(file)[5]).toMatch(/bytes=150000-$/);
    expect(Buffer.compare(await readFile(join(folder, 'model.safetensors')), weights)).toBe(0);
    expect((await readdir(join(cache(), 'blobs'))).some((name) => name.endsWith('.incomplete'))).toBe(false);
  });

  it('starts again at a server that knows no ranges, and where too much is there', async () => {
    hub.breaks = [undefined, 100_000];
    hub.rangeless = true;
    const folder = await download('lab/model', step);
    expect(Buffer.compare(await readFile(join(folder, 'model.safetensors')), weights)).toBe(0);

    const sha256 = createHash('sha256').update(weights).digest('hex');
    await rm(cache(), { recursive: true });
    await mkdir(join(cache(), 'blobs'), { recursive: true });
    await writeFile(join(cache(), 'blobs', `${sha256}.incomplete`), Buffer.alloc(weights.length + 1));
    hub.rangeless = false;
    await download('lab/model', step);
    expect(Buffer.compare(await readFile(join(folder, 'model.safetensors')), weights)).toBe(0);
  });

  it('refuses a content with another checksum, and loads it again', async () => {
    hub.corrupt = true;
    const expected = createHash('sha1').update('blob 8\0{"b": 2}').digest('hex');
    await expect(download('lab/model', step)).rejects.toThrow(
      new RegExp(
        `cannot download lab/model/run/step-1/config\\.json: .* has the checksum \\w{40}, expected ${expected}`,
      ),
    );
    expect(await readdir(join(cache(), 'blobs'))).toEqual([]);
    hub.corrupt = false;
    hub.breaks = [undefined, 1000];
    const folder = await download('lab/model', step);
    await rm(join(folder, 'model.safetensors'));
    await rm(join(cache(), 'blobs', createHash('sha256').update(weights).digest('hex')));
    hub.corrupt = true;
    await expect(download('lab/model', step)).rejects.toThrow(
      /model\.safetensors: .* has the checksum \w{64}/,
    );
  });

  it('finds a model without a network, and uses none when it is told so', async () => {
    const folder = await download('lab/model', step);
    hub.log.length = 0;
    vi.stubEnv('HF_HUB_OFFLINE', '1');
    expect(await download('lab/model', step)).toBe(folder);
    expect(await download('lab/model', { ...step, revision: commit })).toBe(folder);
    expect(hub.log).toEqual([]);
    await expect(download('lab/model')).rejects.toThrow(
      /HF_HUB_OFFLINE is set, and lab\/model is not complete in the cache \(.*config\.json is missing.*download it once/,
    );
    await expect(download('lab/other')).rejects.toThrow(
      /HF_HUB_OFFLINE is set, and lab\/other is not in the cache .*hub-.*HF_HOME/,
    );
    vi.stubEnv('HF_HUB_OFFLINE', '0');
    const unreachable = { hubUrl: 'http://127.0.0.1:1' };
    expect(await download('lab/model', { ...step, ...unreachable })).toBe(folder);
    await expect(download('lab/other', unreachable)).rejects.toThrow(
      /lab\/other cannot be reached \(.*\), and lab\/other is not in the cache/,
    );
  });

  it('loads a file once for several at once, each of which has the model', async () => {
    const folders = await Promise.all(Array.from({ length: 4 }, () => download('lab/model', step)));
    expect(new Set(folders).size).toBe(1);
    expect(requests(file)).toHaveLength(1);
    expect(Buffer.compare(await readFile(join(folders[0], 'model.safetensors')), weights)).toBe(0);
    expect(await readdir(join(cache(), 'blobs'))).toHaveLength(4);
    expect((await readdir(folders[0])).sort()).toEqual(['config.json', 'merges.txt', 'model.safetensors']);
  });

  it('takes a download over from a process that was killed', async () => {
    const sha256 = createHash('sha256').update(weights).digest('hex');
    await mkdir(join(cache(), 'blobs'), { recursive: true });
    const token = '01234567-89ab-cdef-0123-456789abcdef';
    const killed = JSON.stringify({ ...thisProcess(), pid: 2 ** 30, token });
    await writeFile(join(cache(), 'blobs', `${sha256}.lock`), killed);
    const folder = await download('lab/model', step);
    expect(Buffer.compare(await readFile(join(folder, 'model.safetensors')), weights)).toBe(0);
    expect(await readdir(join(cache(), 'blobs'))).toHaveLength(4);
  });

  it('writes which commit a branch is as a whole, and trusts no other text', async () => {
    const folder = await download('lab/model', step);
    const ref = join(cache(), 'refs', 'main');
    for (const half of ['', commit.slice(1), '\0'.repeat(40)]) {
      await writeFile(ref, half);
      await expect(download('lab/model', { ...step, hubUrl: 'http://127.0.0.1:1' })).rejects.toThrow(
        `${ref} holds no commit; download lab/model/run/step-1 once with a network`,
      );
      const open = join(home, `open-${half.length}`);
      await link(ref, open);
      expect(await download('lab/model', step)).toBe(folder);
      expect(await readFile(ref, 'utf8')).toBe(commit);
      expect(await readFile(open, 'utf8')).toBe(half);
      await rm(open);
    }
  });

  it('does not take half a download for a model', async () => {
    hub.breaks = [undefined, 0, 0, 0, 0, 0];
    await expect(download('lab/model', { ...step, patience: hasty })).rejects.toThrow('cannot download');
    vi.stubEnv('HF_HUB_OFFLINE', 'true');
    await expect(download('lab/model', { ...step, revision: commit })).rejects.toThrow(
      /run\/step-1 is not complete in the cache \(.*no weights/,
    );
  });

  it.each([
    ['HF_TOKEN', async () => vi.stubEnv('HF_TOKEN', 'hf_secret')],
    ['the file of a login', async () => writeFile(join(home, 'token'), 'hf_secret\n')],
  ])('sends the token of %s', async (_, give) => {
    await give();
    await download('lab/model', step);
    expect([...hub.authorization]).toEqual(['Bearer hf_secret']);
  });

  it('sends none where there is none', async () => {
    await download('lab/model', step);
    expect([...hub.authorization]).toEqual([undefined]);
  });

  describe('from a server that does what no hub does', () => {
    const get = () => download('lab/model', { ...step, patience: hasty });
    const ofFile = (path: string) => path.endsWith(`/${file}`);
    const zeros = Buffer.alloc(1 << 16);
    /** Sends zeros for as long as somebody listens. */
    const endless = (response: ServerResponse) => {
      const more = () => {
        while (!response.destroyed && response.write(zeros));
      };
      response.on('drain', more);
      more();
      return true;
    };
    const page = '<!DOCTYPE html><html><form>Sign in</form></html>';

    it.each<[string, Record<string, string>]>([
      ['by its type', { 'content-type': 'text/html; charset=utf-8' }],
      ['by its beginning', {}],
    ])('a web page in place of a file is called one, %s, and asked for once', async (_, headers) => {
      hub.instead = (path, response) => ofFile(path) && !!response.writeHead(200, headers).end(page);
      await expect(get()).rejects.toThrow(
        /cannot download lab\/model\/run\/step-1\/model\.safetensors: the answer of 127\.0\.0\.1:\d+ is a web page, not the file: .* HF_ENDPOINT/,
      );
      expect(requests(file)).toHaveLength(1);
      hub.instead = undefined;
      const folder = await get();
      expect(Buffer.compare(await readFile(join(folder, 'model.safetensors')), weights)).toBe(0);
    });

    it('a web page in place of the list is called one', async () => {
      hub.instead = (path, response) =>
        path.startsWith('/api') && !!response.writeHead(200, { 'content-type': 'text/html' }).end(page);
      await expect(get()).rejects.toThrow(
        /lab\/model cannot be reached \(the answer of 127.0.0.1:\d+ is a web page/,
      );
      expect(hub.log).toHaveLength(1);
    });

    it('an answer without an end is cut off: a file after its size, a list after 64 MiB', async () => {
      hub.instead = (path, response) => ofFile(path) && endless(response.writeHead(200));
      await expect(get()).rejects.toThrow('the answer is longer than the file, which has 300000 bytes');
      expect(requests(file)).toHaveLength(1);
      for (const name of await readdir(join(cache(), 'blobs'))) {
        expect((await lstat(join(cache(), 'blobs', name))).size).toBeLessThanOrEqual(weights.length);
      }
      hub.instead = (path, response) => path.startsWith('/api') && endless(response.writeHead(200));
      await expect(get()).rejects.toThrow('the answer has no end: it is longer than 64.0 MiB');
    });

    it('a longer file is not begun, a shorter one asked for again, a few times', async () => {
      hub.instead = (path, response) =>
        ofFile(path) && !!response.writeHead(200, { 'content-length': 300_001 }).end(Buffer.alloc(300_001));
      await expect(get()).rejects.toThrow('the answer is longer than the file, which has 300000 bytes');
      expect(requests(file)).toHaveLength(1);
      hub.instead = (path, response) => ofFile(path) && !!response.writeHead(206).end(Buffer.alloc(9));
      await expect(get()).rejects.toThrow('the answer is too short; 45 of 300000 bytes are kept');
      expect(requests(file)).toHaveLength(6);
    });

    it('another part of the file than was asked for is refused', async () => {
      hub.breaks = [undefined, 1000];
      hub.instead = (path, response, { headers }) =>
        ofFile(path) &&
        headers.range !== undefined &&
        !!response.writeHead(206, { 'content-range': 'bytes 0-299999/300000' }).end(weights);
      await expect(get()).rejects.toThrow(
        'the server sends bytes 0-299999/300000, expected byte 1000 on of 300000; 1000 of 300000 bytes are kept',
      );
    });

    it('a server that falls silent is given up after a while, before and within an answer', async () => {
      hub.instead = (path) => ofFile(path);
      await expect(get()).rejects.toThrow('the server has sent nothing for 0.3 s');
      expect(requests(file)).toHaveLength(5);
      hub.instead = (path, response) =>
        ofFile(path) && !!response.writeHead(206).write(weights.subarray(0, 10));
      await expect(get()).rejects.toThrow('the server has sent nothing for 0.3 s; 50 of 300000 bytes');
      hub.instead = (path) => path.startsWith('/api');
      await expect(get()).rejects.toThrow(
        'lab/model cannot be reached (the server has sent nothing for 0.3 s)',
      );
    });

    it('redirects in circles end', async () => {
      hub.instead = (path, response) =>
        ofFile(path) && !!response.writeHead(302, { location: `/lab/model/resolve/${commit}/${file}` }).end();
      await expect(get()).rejects.toThrow('redirect count exceeded');
      // Each request may be sent on 20 times.
      expect(requests(file).length).toBeLessThanOrEqual(5 * 21);
    });

    it.each([429, 503])('%i is asked again when it says, a few times', async (status) => {
      let busy = 3;
      hub.instead = (path, response) =>
        (ofFile(path) || path.startsWith('/api')) &&
        busy-- > 0 &&
        !!response.writeHead(status, { 'retry-after': '0' }).end();
      await get();
      expect(hub.log.filter((line) => line.includes('/api/')).length).toBe(2 + 3);
      await rm(cache(), { recursive: true });
      busy = Number.POSITIVE_INFINITY;
      await expect(get()).rejects.toThrow('lab/model cannot be reached');
      hub.log.length = 0;
      hub.instead = (path, response) =>
        ofFile(path) && !!response.writeHead(status, { 'retry-after': '0' }).end();
      await expect(get()).rejects.toThrow(`the server says ${status}`);
      expect(requests(file)).toHaveLength(5);
    });

    it('one that wants to be asked in an hour is not waited for', async () => {
      hub.instead = (path, response) =>
        ofFile(path) && !!response.writeHead(429, { 'retry-after': '3600' }).end();
      await expect(get()).rejects.toThrow('the server says 429 Too Many Requests');
      const tomorrow = new Date(Date.now() + 86_400_000).toUTCString();
      hub.instead = (path, response) =>
        ofFile(path) && !!response.writeHead(503, { 'retry-after': tomorrow }).end();
      await expect(get()).rejects.toThrow('the server says 503');
      expect(requests(file)).toHaveLength(2);
    });

    it.each([-1, 1.5, 1e300, '9', null])('the size %j is none', async (size) => {
      const { fetch: original } = globalThis;
      const lying: typeof fetch = async (input, init) => {
        const answer = await original(input, init);
        if (!String(input).includes('paths-info')) return answer;
        const entries = (await answer.json()) as { lfs?: object }[];
        return Response.json(entries.map(({ lfs: _, ...entry }) => ({ ...entry, size })));
      };
      await expect(download('lab/model', { ...step, fetch: lying })).rejects.toThrow(
        /the hub gives the odd size .* of lab\/model\//,
      );
    });
  });

  it('says what is wrong', async () => {
    await expect(download('lab/other')).rejects.toThrow(
      /lab\/other cannot be reached \(Repository not found/,
    );
    await expect(download('lab/model', { subfolder: 'nowhere' })).rejects.toThrow(
      'lab/model has no model in "nowhere": no config.json there',
    );
    await expect(download('lab/model', { subfolder: 'old' })).rejects.toThrow(
      /no model in "old": no safetensors there, only pytorch_model\.bin: a pickle.*never opened/,
    );
    await expect(download('lab/model', { subfolder: 'run/../..' })).rejects.toThrow('leaves the repository');
    const original = fetch;
    const fetchWithout: typeof fetch = async (input, init) => {
      if (String(input).includes('/resolve/')) delete hub.files['run/step-1/merges.txt'];
      return original(input, init);
    };
    await expect(download('lab/model', { ...step, fetch: fetchWithout })).rejects.toThrow(
      'cannot download lab/model/run/step-1/merges.txt: the server says 404',
    );
  });
});
