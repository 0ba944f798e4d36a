import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { type EngineName, use } from '../engine/use.js';
import { heads } from '../model/heads.js';
import { load } from '../model/load.js';
import type { RewardHeads } from '../model/rewardHeads.js';
import type { RewardModel } from '../model/rewardModel.js';
import { serve as startServer } from '../serve/serve.js';
import { parse, UsageError, type Verb } from './verb.js';

/** `solireward serve`: serves models until it is told to stop; a line of JSON on stdout for each request. */
export const serve: Verb = {
  usage: `  solireward serve --model [NAME=]DIR... [--host 127.0.0.1] [--port 8080] [--token-file FILE] [--root DIR]...
                   [--allow-host HOST]... [--batch-size 4] [--seconds 120] [--queued 1024] [--engine auto]
                                               score clips over HTTP; callers may name files below the roots, and
                                               URLs of the hosts; SIGTERM ends it when all is answered;
                                               models of one NAME are heads over one backbone, by their dimensions`,

  async run(args) {
    const text = { type: 'string' } as const;
    const list = { type: 'string', multiple: true } as const;
    const { values, positionals } = parse(args, {
      ...{ model: list, root: list, 'allow-host': list },
      ...{ host: text, port: text, 'token-file': text, engine: text },
      ...{ 'batch-size': text, seconds: text, queued: text },
    });
    if (positionals.length > 0) throw new UsageError(`serve takes no argument '${positionals[0]}'`);
    if (!values.model) throw new UsageError('serve needs --model');
    const number = (name: 'port' | 'batch-size' | 'seconds' | 'queued') => {
      const value = values[name];
      if (value !== undefined && !(Number(value) >= 0))
        throw new UsageError(`--${name} takes a number, received '${value}'`);
      return value === undefined ? undefined : Number(value);
    };
    const options = {
      host: values.host,
      port: number('port') ?? 8080,
      roots: values.root?.map((root) => resolve(root)),
      hosts: values['allow-host'],
      batchSize: number('batch-size'),
      seconds: number('seconds'),
      queued: number('queued'),
      token: values['token-file'] ? (await readFile(values['token-file'], 'utf8')).trim() : undefined,
    };
    const folders = foldersOf(values.model);
    const say = (line: object) => console.log(JSON.stringify(line));

    await use((values.engine ?? 'auto') as EngineName);
    const server = await startServer(await models(folders), { ...options, onAnswer: say });
    say({ time: new Date().toISOString(), serving: server.address });
    await new Promise<void>((stop) => {
      for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop());
    });
    await server.close();
    return 0;
  },
};

/** Folders of models by their names, of several heads each; one model may have no name. @throws UsageError */
function foldersOf(given: readonly string[]): Map<string | undefined, string[]> {
  const folders = new Map<string | undefined, string[]>();
  for (const text of given) {
    const [, name, folder] = /^(?:([\w.-]+)=)?(.+)$/s.exec(text) ?? [];
    if (name === undefined && given.length > 1)
      throw new UsageError('several models need a name each: --model NAME=DIR');
    folders.set(name, [...(folders.get(name) ?? []), folder]);
  }
  return folders;
}

async function models(
  folders: ReadonlyMap<string | undefined, readonly string[]>,
): Promise<RewardModel | Record<string, RewardModel | RewardHeads>> {
  const [[name, [folder]]] = folders;
  if (name === undefined) return load(folder);
  const result: Record<string, RewardModel | RewardHeads> = {};
  for (const [name, own] of folders) {
    result[name as string] = own.length === 1 ? await load(own[0]) : await headsIn(own);
  }
  return result;
}

/** Heads over one backbone, by the dimensions in their cards; of one dimension they are an ensemble. */
async function headsIn(folders: readonly string[]): Promise<RewardHeads> {
  const members: Record<string, RewardModel[]> = {};
  for (const folder of folders) {
    const model = await load(folder);
    const { dimension } = model.card;
    if (dimension === undefined)
      throw new UsageError(`${folder} does not say its dimension, so it cannot be one of several heads`);
    members[dimension] = [...(members[dimension] ?? []), model];
  }
  return heads(members);
}
