import { type LoadOptions, RewardModel } from './model/rewardModel.js';
import type { DownloadProgress, HubOptions } from './model/weights/hub.js';
import { type Progress, progress } from './notebook/progress.js';

/** `RewardModel.fromHub`, with a bar that shows how far the download is, where there is one. */
export async function fromHub(repo: string, options: HubOptions & LoadOptions = {}): Promise<RewardModel> {
  let bar: Progress | undefined;
  const onProgress = ({ file, done, total }: DownloadProgress) => {
    bar ??= progress(`download ${repo}`, Math.max(1, megabytes(total)));
    bar.update(megabytes(done), `MB, ${file}`);
  };
  try {
    return await RewardModel.fromHub(repo, { onProgress, ...options });
  } finally {
    bar?.finish();
  }
}

function megabytes(bytes: number): number {
  return Math.round(bytes / 1e6);
}
