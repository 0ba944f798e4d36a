import { createHash } from 'node:crypto';
import { jupyterDisplay, host as notebook } from '../base/host.js';
import type { RewardHeads } from '../model/rewardHeads.js';
import type { RewardModel } from '../model/rewardModel.js';
import { LiveDisplay } from '../notebook/liveDisplay.js';
import { madeBy } from '../score/madeBy.js';
import { isLoopback } from './exchange.js';
import { type LogEntry, RewardServer, type Served } from './rewardServer.js';

/** A model of one head or of several. */
export type ServedModel = RewardModel | RewardHeads;

/** What a server allows and takes. */
export interface ServeOptions {
  /** Address to listen at. Default 127.0.0.1, which this machine alone reaches; any other needs a token. */
  host?: string;
  /** Port to listen at. Default 0: any that is free; see the server's `address`. */
  port?: number;
  /** What callers bring in the header `Authorization: Bearer TOKEN`. Default: none is needed. */
  token?: string;
  /** Folders below which callers may name files. Default: none. */
  roots?: readonly string[];
  /** Hosts (`name` or `name:port`) that clips may be fetched from. Default: none, so that nothing is asked for outside. */
  hosts?: readonly string[];
  /** Most bytes of a request, and of a clip that is fetched. Default 256 MiB. */
  bodyBytes?: number;
  /** Most bytes of requests that are worked on at once. Default 2 GiB. */
  heldBytes?: number;
  /** Most seconds of a request. Default 120. */
  seconds?: number;
  /** Most clips that wait for a reward; callers who bring more are told to ask again later. Default 1,024. */
  queued?: number;
  /** Clips that go through a model together. Default 4; of a score it changes the rounding alone, with 1 not even that. */
  batchSize?: number;
  /** Is given each request when it has been answered. */
  onAnswer?: (entry: LogEntry) => void;
}

const mebi = 2 ** 20;

/**
 * Serves reward models over HTTP to a trainer: `POST /score` in the contract of UniRL's reward service, `POST /v1/scores`
 * with plain clips, `GET /health`, `/rewards` and `/metrics`. Clips of all callers share the model's batches, and have the scores
 * of `sr.score.clips`, to the bit where both take one clip at a time. In a notebook the server shows itself, and what it does. `server.close()` answers what it has taken.
 * Of several heads over one backbone, which looks at a clip once, each dimension is a number of the answer, and so is the spread of an ensemble.
 * @param models one model, which is named by its dimension (`reward` without one), or several by their names
 * @throws where the address cannot be listened at, or others than this machine would reach it without a token
 */
export async function serve(
  models: ServedModel | Readonly<Record<string, ServedModel>>,
  options: ServeOptions = {},
): Promise<RewardServer> {
  const { host = '127.0.0.1', port = 0, token, onAnswer } = options;
  if (token === undefined && !isLoopback(host)) {
    throw new Error(`serve: ${host} can be reached by others; give a token, or serve at 127.0.0.1`);
  }
  if (token === '') throw new Error('serve: the token is empty');
  const {
    bodyBytes = 256 * mebi,
    heldBytes = 2048 * mebi,
    seconds = 120,
    queued = 1024,
    batchSize = 4,
  } = options;
  for (const [name, value] of Object.entries({ bodyBytes, heldBytes, seconds, queued, batchSize })) {
    if (!(value > 0)) throw new RangeError(`serve: expected ${name} to be positive, received ${value}`);
  }
  const live = new LiveDisplay();
  const show = () => live.show(() => server[jupyterDisplay]());
  const server = new RewardServer(
    await servedOf(models),
    {
      ...{ token, bodyBytes, heldBytes, seconds, queued, batchSize },
      ...{ roots: options.roots ?? [], hosts: options.hosts ?? [], bytes: bodyBytes },
    },
    (entry) => {
      onAnswer?.(entry);
      if (notebook()) show();
    },
  );
  await server.listen(host, port);
  if (notebook()) show();
  return server;
}

async function servedOf(
  models: ServedModel | Readonly<Record<string, ServedModel>>,
): Promise<ReadonlyMap<string, Served>> {
  const isOne = 'prompts' in models && 'processor' in models;
  const named = isOne ? [[nameOf(models as ServedModel), models]] : Object.entries(models);
  if (named.length === 0) throw new Error('serve: expected at least one model, received none');
  const served = new Map<string, Served>();
  for (const [name, model] of named as [string, ServedModel][]) {
    const identity = createHash('sha256').update(JSON.stringify(await makersOf(model)));
    served.set(name, {
      ...{ model, metric: model.card.dimension ?? name, identity: identity.digest('hex').slice(0, 16) },
    });
  }
  return served;
}

const nameOf = ({ card }: ServedModel): string => card.dimension ?? 'reward';

/** What makes the scores of a model: of an ensemble also what its members are brought to one scale by. */
async function makersOf(model: ServedModel): Promise<object> {
  if ('weights' in model) return madeBy(model, model.prompts);
  const heads: object[] = [];
  for (const [name, head] of Object.entries(model.heads)) {
    const { scoreMean, scoreDeviation } = head.card;
    heads.push({ name, ...(await madeBy(head, head.prompts)), scoreMean, scoreDeviation });
  }
  return heads;
}
