import { readFile, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { placeholderOf } from '../../base/placeholder.js';
import { shortened, shown } from '../../data/tables/vocabulary.js';

/** The files of a sharded model, and the tensors that its index promises. */
export interface Shards {
  files: string[];
  names: string[];
}

/**
 * The shards of a `model.safetensors.index.json`.
 * @throws when it is not an index, names a file outside of its folder, or one that is missing.
 */
export async function readShards(path: string): Promise<Shards> {
  const text = await readFile(path, 'utf8');
  const placeholder = placeholderOf(Buffer.from(text.slice(0, 512)));
  if (placeholder) throw new Error(`safetensors: ${path} ${placeholder}`);
  const map = weightMap(text);
  if (!map) throw new Error(`safetensors: ${path} has no weight_map; expected the index of a sharded model`);
  const shards = [...new Set(Object.values(map))];
  for (const shard of shards) {
    if (shard !== basename(shard) || shard === '..')
      throw new Error(`safetensors: ${path} points out of its folder, to ${shown(shard)}`);
    const found = await stat(join(dirname(path), shard)).catch(() => undefined);
    if (!found?.isFile())
      throw new Error(`safetensors: ${path} names the shard ${shortened(shard)}, which is missing`);
  }
  return { files: shards.map((shard) => join(dirname(path), shard)), names: Object.keys(map) };
}

/** Shards by tensor names; undefined where the text is not an index. */
function weightMap(text: string): Record<string, string> | undefined {
  try {
    const map = JSON.parse(text)?.weight_map;
    return Object.values(map).every((shard) => typeof shard === 'string') ? map : undefined;
  } catch {
    return undefined;
  }
}
