import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { download } from '../../../src/model/weights/hub.js';

const commit = 'a'.repeat(40);
const files: Record<string, string> = {
  'config.json': '{"of": "the root"}',
  'run/training_config.json': '{"a": 1}',
  'run/trainer_state.json': '{}',
  'run/step-1/config.json': '{"b": 2}',
  'run/step-1/model.safetensors': 'weights'.repeat(1000),
  'run/step-1/training_args.bin': 'a pickle',
  'run/step-1/merges.txt': '#version',
};

/** The part of the hub's interface that a download uses, over `files`. */
const hub = vi.fn(async (input: string | URL | Request, init?: RequestInit): Promise<Response> => {
  const { pathname } = new URL(String(input));
  if (pathname.startsWith('/api/models/lab/model/revision/')) {
    const siblings = Object.keys(files).map((rfilename) => ({ rfilename }));
    return Response.json({ id: 'lab/model', sha: commit, siblings });
  }
  if (pathname.startsWith('/api/models/lab/model/paths-info/')) {
    const { paths } = JSON.parse(String(init?.body)) as { paths: string[] };
    const entry = (path: string) => ({
      path,
      type: 'file',
      size: files[path].length,
      oid: createHash('sha1').update(files[path]).digest('hex'),
      lastCommit: { id: commit, title: '', date: '2026-01-01' },
    });
    return Response.json(paths.map(entry));
  }
  const path = pathname.replace(`/lab/model/resolve/${commit}/`, '');
  if (!(path in files)) return Response.json({ error: 'Repository not found' }, { status: 404 });
  const range = /bytes=(\d+)-(\d+)/.exec(new Headers(init?.headers).get('range') ?? '');
  const [from, to] = range ? [Number(range[1]), Number(range[2])] : [0, files[path].length - 1];
  return new Response(files[path].slice(from, to + 1), {
    status: range ? 206 : 200,
    headers: { etag: '"x"', 'content-range': `bytes ${from}-${to}/${files[path].length}` },
  });
});
const offline: typeof fetch = async () => {
  throw new TypeError('fetch failed', { cause: new Error('getaddrinfo EAI_AGAIN huggingface.co') });
};

describe('download', () => {
  let home: string;
  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), 'hub-'));
    vi.stubEnv('HF_HOME', home);
    for (const name of ['HF_HUB_CACHE', 'HUGGINGFACE_HUB_CACHE', 'HF_TOKEN', 'HF_ENDPOINT']) {
      vi.stubEnv(name, undefined);
    }
    vi.spyOn(console, 'debug').mockReturnValue(undefined);
    hub.mockClear();
  });
  afterEach(async () => {
    vi.unstubAllEnvs();
    vi.restoreAllMocks();
    await rm(home, { recursive: true });
  });

  it('loads what a checkpoint needs into the cache of HF_HOME', async () => {
    const folder = await download('lab/model', { subfolder: 'run/step-1', fetch: hub });
    const snapshot = join(home, 'hub', 'models--lab--model', 'snapshots', commit);
    expect(relative(snapshot, folder)).toBe(join('run', 'step-1'));
    expect((await readdir(folder)).sort()).toEqual(['config.json', 'merges.txt', 'model.safetensors']);
    expect(await readFile(join(folder, 'model.safetensors'), 'utf8')).toBe(
      files['run/step-1/model.safetensors'],
    );
    expect(await readdir(join(folder, '..'))).toEqual(['step-1', 'training_config.json']);
    expect(await readdir(snapshot)).toEqual(['run']);
  });

  it('loads nothing twice, and finds the model without a network', async () => {
    const folder = await download('lab/model', { subfolder: 'run/step-1', fetch: hub });
    hub.mockClear();
    expect(await download('lab/model', { subfolder: 'run/step-1', fetch: hub })).toBe(folder);
    expect(hub).toHaveBeenCalledTimes(1);
    expect(await download('lab/model', { subfolder: 'run/step-1', fetch: offline })).toBe(folder);
    expect(await download('lab/model', { subfolder: 'run/step-1', revision: commit, fetch: offline })).toBe(
      folder,
    );
  });

  it('sends the token of HF_TOKEN to HF_ENDPOINT', async () => {
    vi.stubEnv('HF_TOKEN', 'hf_secret');
    vi.stubEnv('HF_ENDPOINT', 'https://mirror.example');
    await download('lab/model', { fetch: hub });
    for (const [url, init] of hub.mock.calls) {
      expect(String(url)).toMatch(/^https:\/\/mirror\.example\//);
      expect(new Headers(init?.headers).get('authorization')).toBe('Bearer hf_secret');
    }
  });

  it('says what is wrong', async () => {
    await expect(download('lab/model', { fetch: offline })).rejects.toThrow(
      /cannot reach lab\/model \(fetch failed: getaddrinfo EAI_AGAIN huggingface\.co\), and it is not in the cache .*hub-.*HF_HOME/,
    );
    await expect(download('lab/other', { fetch: hub })).rejects.toThrow(/lab\/other \(Repository not found/);
    await expect(download('lab/model', { subfolder: 'nowhere', fetch: hub })).rejects.toThrow(
      'lab/model has no model in "nowhere"',
    );
    const dropping: typeof fetch = (input, init) =>
      String(input).includes('/resolve/') ? offline(input, init) : hub(input, init);
    await expect(download('lab/model', { fetch: dropping })).rejects.toThrow(
      /cannot download lab\/model\/config\.json: fetch failed/,
    );
  });
});
