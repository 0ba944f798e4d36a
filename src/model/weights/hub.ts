import { mkdir, readFile, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join, posix } from 'node:path';
import { getHFHubCachePath, getRepoFolderName, modelInfo, pathsInfo } from '@huggingface/hub';
import { replaceFile } from '../../base/replaceFile.js';
import { readCheckpoint, refuseLatent, weightsRefusal } from './checkpoint.js';
import { type Patience, patience, patientFetch } from './hubFetch.js';
import { downloadFile, type HubFile, reasonOf } from './hubFile.js';
import { readShards } from './shards.js';

/** How far a download is, in bytes of all files. */
export interface DownloadProgress {
  /** The file that is loaded. */
  file: string;
  /** Bytes that are there. */
  done: number;
  /** Bytes of all files. */
  total: number;
}

/** Where a model is on the Hugging Face hub, and how to reach it. */
export interface HubOptions {
  /** Folder of the model inside the repository. */
  subfolder?: string;
  /** Branch, tag or commit. Default `main`. */
  revision?: string;
  /** Token of the hub. Default: the environment's `HF_TOKEN`, else what `huggingface-cli login` has left. */
  accessToken?: string;
  /** Address of the hub. Default: the environment's `HF_ENDPOINT`, else https://huggingface.co. */
  hubUrl?: string;
  /** The `fetch` to use, for example one that goes through a proxy. */
  fetch?: typeof fetch;
  /** How long a server that brings nothing, or says "later", is waited for. Default: a minute, and five requests in a row. */
  patience?: Patience;
  /** Called as bytes arrive. */
  onProgress?: (progress: DownloadProgress) => void;
}

/** Bytes of an answer that lists files; a repository of 100,000 files has less. */
const longestList = 64 * 2 ** 20;

/** Files of a checkpoint that are read: weights, configuration, tokenizer. */
const wanted = /^(model[^/]*\.safetensors|[^/]*\.json|merges\.txt|chat_template\.jinja)$/;

/**
 * Downloads the files of a model into the Hugging Face cache (`HF_HOME`, `HF_HUB_CACHE`), which Python shares; what is
 * there already is not downloaded again, and a download that broke is resumed. Of several at once one downloads a file, and the
 * others wait for it. A model that was downloaded before is found without a network; where `HF_HUB_OFFLINE` is set, no network is used.
 * @returns the folder of the model in the cache.
 * @throws with the repository and the reason when it cannot be reached and is not in the cache, or is not there.
 */
export async function download(repo: string, options: HubOptions = {}): Promise<string> {
  const { revision = 'main', hubUrl = process.env.HF_ENDPOINT ?? 'https://huggingface.co' } = options;
  const subfolder = (options.subfolder ?? '').replace(/^\/+|\/+$/g, '');
  if (subfolder.split('/').includes('..')) throw new Error(`fromHub: "${subfolder}" leaves the repository`);
  refuseLatent(subfolder ? `${repo}/${subfolder}` : repo);
  if (isOffline()) return fromCache(repo, revision, subfolder, 'HF_HUB_OFFLINE is set');

  const accessToken = options.accessToken ?? (await storedToken());
  const limits = options.patience ?? patience;
  const connection = {
    hubUrl,
    fetch: patientFetch(options.fetch ?? fetch, longestList, limits),
    ...(accessToken && { accessToken }),
  };
  const info = await modelInfo({
    name: repo,
    revision,
    additionalFields: ['sha', 'filePaths'],
    ...connection,
  }).catch((error: Error) => error);
  if (info instanceof Error) {
    return fromCache(repo, revision, subfolder, `${repo} cannot be reached (${reasonOf(info)})`);
  }
  if (!/^[0-9a-f]{40}$/.test(info.sha)) throw new Error(`fromHub: ${repo} has the odd commit "${info.sha}"`);

  const cache = repoFolder(repo);
  const files = await hubFiles(repo, info.sha, wantedPaths(repo, subfolder, info.filePaths), connection);
  const total = files.reduce((sum, { size }) => sum + size, 0);
  let before = 0;
  for (const file of files) {
    const path = file.path.split('/').map(encodeURIComponent).join('/');
    await downloadFile(file, {
      url: `${hubUrl}/${repo}/resolve/${info.sha}/${path}`,
      headers: accessToken ? { authorization: `Bearer ${accessToken}` } : {},
      fetch: options.fetch ?? fetch,
      cache,
      commit: info.sha,
      patience: limits,
      onBytes: (bytes) => options.onProgress?.({ file: file.path, done: before + bytes, total }),
    }).catch((error: Error) => {
      throw new Error(`fromHub: cannot download ${repo}/${file.path}: ${error.message}`);
    });
    before += file.size;
  }
  await rememberCommit(repo, revision, info.sha);
  return join(cache, 'snapshots', info.sha, subfolder);
}

/** Paths of a model's files; its own, and the configuration that the official trainer writes beside its checkpoints. */
function wantedPaths(repo: string, subfolder: string, all: readonly string[]): string[] {
  const own = all.filter((path) => posix.dirname(path) === (subfolder || '.'));
  const names = own.map((path) => posix.basename(path));
  const where = `${repo} has no model in "${subfolder || '.'}"`;
  if (!names.includes('config.json')) throw new Error(`fromHub: ${where}: no config.json there`);
  if (!names.some((name) => name.endsWith('.safetensors'))) {
    throw new Error(`fromHub: ${where}: no safetensors there${weightsRefusal(names)}`);
  }
  const beside = posix.join(posix.dirname(subfolder), 'training_config.json');
  return [
    ...own.filter((path) => wanted.test(posix.basename(path))),
    ...(subfolder && all.includes(beside) ? [beside] : []),
  ];
}

/** Sizes and checksums of files. */
async function hubFiles(
  repo: string,
  revision: string,
  paths: string[],
  connection: { hubUrl: string; fetch: typeof fetch; accessToken?: string },
): Promise<HubFile[]> {
  const infos = await pathsInfo({ repo, revision, paths, ...connection }).catch((error: Error) => {
    throw new Error(`fromHub: cannot list the files of ${repo}: ${reasonOf(error)}`);
  });
  return paths.map((path) => {
    const info = infos.find((candidate) => candidate.path === path);
    const hash = info?.lfs?.oid ?? info?.oid ?? '';
    if (!info || !/^([0-9a-f]{40}|[0-9a-f]{64})$/.test(hash)) {
      throw new Error(`fromHub: the hub gives no checksum of ${repo}/${path}`);
    }
    const size = info.lfs?.size ?? info.size;
    if (!(Number.isSafeInteger(size) && size >= 0)) {
      throw new Error(`fromHub: the hub gives the odd size ${size} of ${repo}/${path}`);
    }
    return { path, size, hash };
  });
}

function isOffline(): boolean {
  return /^(1|true|yes|on)$/i.test(process.env.HF_HUB_OFFLINE ?? '');
}

/** The token of the environment, or of `huggingface-cli login`. */
async function storedToken(): Promise<string | undefined> {
  const { HF_TOKEN, HF_TOKEN_PATH, HF_HOME, XDG_CACHE_HOME } = process.env;
  if (HF_TOKEN) return HF_TOKEN;
  const home = HF_HOME ?? join(XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'huggingface');
  const text = await readFile(HF_TOKEN_PATH ?? join(home, 'token'), 'utf8').catch(() => '');
  return text.trim() || undefined;
}

function repoFolder(repo: string): string {
  return join(getHFHubCachePath(), getRepoFolderName({ name: repo, type: 'model' }));
}

/** Keeps which commit a branch was, so that it is found without a network. */
async function rememberCommit(repo: string, revision: string, commit: string): Promise<void> {
  if (revision === commit) return;
  const file = join(repoFolder(repo), 'refs', revision);
  await mkdir(dirname(file), { recursive: true });
  await replaceFile(file, (draft) => draft.writeFile(commit));
}

/** The folder of a model that was downloaded before. @throws when it was not, or not to its end. */
async function fromCache(repo: string, revision: string, subfolder: string, why: string): Promise<string> {
  const ref = join(repoFolder(repo), 'refs', revision);
  const remembered = await readFile(ref, 'utf8').catch(() => undefined);
  const name = subfolder ? `${repo}/${subfolder}` : repo;
  if (remembered !== undefined && !/^[0-9a-f]{40}$/.test(remembered.trim())) {
    throw new Error(`fromHub: ${why}, and ${ref} holds no commit; download ${name} once with a network`);
  }
  const folder = join(repoFolder(repo), 'snapshots', remembered?.trim() ?? revision, subfolder);
  if (!(await stat(folder).catch(() => undefined))) {
    throw new Error(
      `fromHub: ${why}, and ${name} is not in the cache ${getHFHubCachePath()}; ` +
        'set HF_HOME to a cache that has it, or copy its files here and load the folder',
    );
  }
  try {
    const { weights } = await readCheckpoint(folder);
    if (weights.endsWith('.json')) await readShards(weights);
  } catch (error) {
    throw new Error(
      `fromHub: ${why}, and ${name} is not complete in the cache (${(error as Error).message}); ` +
        'download it once with a network',
    );
  }
  return folder;
}
