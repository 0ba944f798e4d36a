import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, posix } from 'node:path';
import { downloadFileToCacheDir, getHFHubCachePath, getRepoFolderName, modelInfo } from '@huggingface/hub';

/** Where a model is on the Hugging Face hub, and how to reach it. */
export interface HubOptions {
  /** Folder of the model inside the repository. */
  subfolder?: string;
  /** Branch, tag or commit. Default `main`. */
  revision?: string;
  /** Default: the environment's `HF_TOKEN`. */
  accessToken?: string;
  /** Default: the environment's `HF_ENDPOINT`, else https://huggingface.co. */
  hubUrl?: string;
  /** The `fetch` to use, for example one that goes through a proxy. */
  fetch?: typeof fetch;
}

/** Files of a checkpoint that are read: weights, configuration, tokenizer. */
const wanted = /^(model[^/]*\.safetensors|[^/]*\.json|merges\.txt|chat_template\.jinja)$/;

/**
 * Downloads the files of a model into the Hugging Face cache (`HF_HOME`, `HF_HUB_CACHE`), which Python shares;
 * what is there already is not loaded again. A model that was downloaded before is found without a network.
 * @returns the folder of the model in the cache.
 * @throws with the repository and the reason when it cannot be reached and is not in the cache, or is not there.
 */
export async function download(repo: string, options: HubOptions = {}): Promise<string> {
  const { subfolder = '', revision = 'main', accessToken = process.env.HF_TOKEN } = options;
  const hubUrl = options.hubUrl ?? process.env.HF_ENDPOINT;
  const connection = { accessToken, hubUrl, fetch: options.fetch };
  const info = await modelInfo({
    name: repo,
    revision,
    additionalFields: ['sha', 'filePaths'],
    ...connection,
  }).catch((error: Error) => error);
  if (info instanceof Error) {
    const cached = await cachedSnapshot(repo, revision);
    if (cached) return join(cached, subfolder);
    throw new Error(
      `fromHub: cannot reach ${repo} (${reason(info)}), and it is not in the cache ${getHFHubCachePath()}; ` +
        'set HF_HOME to a cache that has it, or copy its files here and load the folder',
    );
  }

  const parent = posix.dirname(subfolder);
  const paths = info.filePaths.filter((path) => {
    const folder = posix.dirname(path);
    const own = folder === (subfolder || '.') && wanted.test(posix.basename(path));
    // The official trainer writes its configuration beside the checkpoints of a run.
    return own || path === posix.join(parent, 'training_config.json');
  });
  if (!paths.includes(posix.join(subfolder, 'config.json'))) {
    throw new Error(`fromHub: ${repo} has no model in "${subfolder || '.'}": no config.json there`);
  }
  for (const path of paths) {
    await downloadFileToCacheDir({ repo, path, revision: info.sha, ...connection }).catch((error: Error) => {
      throw new Error(`fromHub: cannot download ${repo}/${path}: ${reason(error)}`);
    });
  }
  await rememberCommit(repo, revision, info.sha);
  return join(snapshot(repo, info.sha), subfolder);
}

function repoFolder(repo: string): string {
  return join(getHFHubCachePath(), getRepoFolderName({ name: repo, type: 'model' }));
}

function snapshot(repo: string, commit: string): string {
  return join(repoFolder(repo), 'snapshots', commit);
}

/** Keeps which commit a branch was, so that it is found without a network. */
async function rememberCommit(repo: string, revision: string, commit: string): Promise<void> {
  if (revision === commit) return;
  const file = join(repoFolder(repo), 'refs', revision);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, commit);
}

async function cachedSnapshot(repo: string, revision: string): Promise<string | undefined> {
  const remembered = await readFile(join(repoFolder(repo), 'refs', revision), 'utf8').catch(() => revision);
  const folder = snapshot(repo, remembered.trim());
  return existsSync(folder) ? folder : undefined;
}

/** `fetch` hides what went wrong in the cause of its error. */
function reason(error: Error): string {
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
}
