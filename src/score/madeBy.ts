import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { packageRoot } from '../base/packageRoot.js';
import { replaceFile } from '../base/replaceFile.js';
import { shortened, shown } from '../data/tables/vocabulary.js';
import { decoderAbout } from '../data/video/decoder.js';
import { ffmpegPaths } from '../data/video/tools.js';
import { precision } from '../engine/precision.js';
import { tf } from '../engine/tf.js';
import type { Prompts } from '../model/input/prompt.js';
import type { RewardModel } from '../model/rewardModel.js';

/** All that decides a score besides the item, as plain data. */
export type MadeBy = Record<string, unknown>;

/** Values of each parameter that its hash is of, evenly over it: an update of a training changes all of them. */
const sampled = 256;

/** What makes the scores: the model's configuration and weights, its prompts, the precision, and versions. */
export async function madeBy(model: RewardModel, prompts: Prompts): Promise<MadeBy> {
  const { version } = JSON.parse(await readFile(join(packageRoot, 'package.json'), 'utf8'));
  return {
    configuration: hashed(JSON.stringify(model.config)),
    weights: await weightsHash(model),
    prompts,
    precision: precision(),
    solireward: version,
    ffmpeg: ffmpegPaths().version,
    decoder: (await decoderAbout())?.version,
  };
}

/** Where it is written that `made` made an output. */
export const madeByFile = (output: string): string => `${output}.made-by.json`;

/**
 * Writes beside an output that has no lines what makes it, or compares with what made those it has.
 * @throws with what differs, or when nothing says what made the lines; nothing is changed then.
 */
export async function claimOutput(output: string, made: MadeBy, isEmpty: boolean): Promise<void> {
  const file = madeByFile(output);
  const plain = JSON.parse(JSON.stringify(made)) as MadeBy;
  if (isEmpty) {
    await replaceFile(file, (draft) => draft.writeFile(`${JSON.stringify(plain, null, 2)}\n`));
    return;
  }
  const remedy = 'choose another output, or delete this one';
  const saved = await readFile(file, 'utf8')
    .then((text) => ({ ...JSON.parse(text) }) as MadeBy)
    .catch((error: NodeJS.ErrnoException) => {
      const why = error.code === 'ENOENT' ? 'is not there' : `cannot be read (${error.message})`;
      throw new Error(
        `score: ${output} is not empty, and ${file}, which says what made it, ${why}; ${remedy}`,
      );
    });
  const names = [...new Set([...Object.keys(saved), ...Object.keys(plain)])];
  const differing = names.filter((name) => !isDeepStrictEqual(saved[name], plain[name]));
  if (differing.length === 0) return;
  const changes = differing.map(
    (name) => `${shortened(name)} ${shown(saved[name])} there, ${shown(plain[name])} here`,
  );
  throw new Error(`score: ${output} was begun with something else (${changes.join('; ')}); ${remedy}`);
}

async function weightsHash(model: RewardModel): Promise<string> {
  const hash = createHash('sha256');
  for (const [name, variable] of model.weights) {
    const values = tf.tidy(() => {
      const step = Math.max(1, Math.floor(variable.size / sampled));
      return tf.stridedSlice(tf.reshape(variable, [-1]), [0], [variable.size], [step]);
    });
    hash.update(`${name} ${variable.shape}\n`).update(new Uint8Array((await values.data()).slice().buffer));
    values.dispose();
  }
  return hash.digest('hex').slice(0, 16);
}

function hashed(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}
