import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Displayable, jupyterDisplay, type MimeBundle, mime } from '../base/host.js';
import { escapeHtml } from '../base/html.js';
import type { Reward } from '../model/rewards.js';
import type { ClipScorer } from '../model/scoreBatches.js';
import { Answers } from './answers.js';
import { type Ask, asksOfPlain, asksOfScore } from './bodies.js';
import { type Access, clipFile } from './clipFile.js';
import { checkCaller, HeldBytes, parseBody, readBody, send } from './exchange.js';
import { Metrics } from './metrics.js';
import { RequestError } from './requestError.js';
import { ScoreQueue } from './scoreQueue.js';

/** A model that is served. */
export interface Served {
  model: ClipScorer<Reward>;
  /** Name of its score in an answer, where it is one number: the dimension, or the reward's own name. */
  metric: string;
  /** What its scores are made by: equal for two servers whose scores are equal. */
  identity: string;
}

/** What a server allows; see `ServeOptions`. */
export interface Limits extends Access {
  token?: string;
  bodyBytes: number;
  heldBytes: number;
  seconds: number;
  queued: number;
  batchSize: number;
}

/** One request, when it has been answered: as one line of a log. */
export interface LogEntry {
  /** When the answer was sent, as an ISO date. */
  time: string;
  /** Method of the request. */
  method: string;
  /** Path of the request. */
  path: string;
  /** HTTP status of the answer. */
  status: number;
  /** Seconds from request to answer. */
  seconds: number;
  /** Clips in it, and how many of them have no score. */
  clips: number;
  /** Clips that have no score. */
  failed: number;
  /** Why it was refused. */
  error?: string;
}

/** What became of a clip by one reward. */
type Outcome = { reward: Reward } | { error: string };

/** An answer and what is told of it. */
interface Answer {
  body: object;
  clips: number;
  failed: number;
}

/** Rewards over HTTP: see `serve`. */
export class RewardServer implements Displayable {
  /** What the server has done, in numbers. */
  readonly metrics = new Metrics();
  private readonly http: Server;
  private readonly queues: ReadonlyMap<string, ScoreQueue>;
  private readonly answers = new Answers<Answer>();
  private readonly held: HeldBytes;
  private readonly running = new Set<Promise<void>>();
  private stopping = false;

  constructor(
    private readonly rewards: ReadonlyMap<string, Served>,
    private readonly limits: Limits,
    private readonly onAnswer: (entry: LogEntry) => void,
  ) {
    this.queues = new Map(
      [...rewards].map(([name, { model }]) => [name, new ScoreQueue(model, limits.batchSize)]),
    );
    this.held = new HeldBytes(limits.heldBytes);
    this.http = createServer((request, response) => {
      const answered = this.answer(request, response).finally(() => this.running.delete(answered));
      this.running.add(answered);
    });
    this.http.requestTimeout = 1000 * limits.seconds;
  }

  /** Begins to take requests; port 0 is any that is free. @throws where the port is taken. */
  async listen(host: string, port: number): Promise<void> {
    this.http.listen(port, host);
    await once(this.http, 'listening');
  }

  /** `http://127.0.0.1:8080`. */
  get address(): string {
    const { address, family, port } = this.http.address() as AddressInfo;
    return `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`;
  }

  /** Takes no more requests, answers those that it has taken, and ends. */
  async close(): Promise<void> {
    if (this.stopping) return;
    this.stopping = true;
    const closed = once(this.http, 'close');
    this.http.close();
    this.http.closeIdleConnections();
    while (this.running.size > 0) await Promise.all(this.running);
    for (const queue of this.queues.values()) await queue.settled();
    this.http.closeAllConnections();
    await closed;
  }

  /** Clips that have no score yet, by reward. */
  private get queued(): Map<string, number> {
    return new Map([...this.queues].map(([name, { size }]) => [name, size]));
  }

  /** Answers one request, whatever it is. */
  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const start = performance.now();
    const [path] = (request.url ?? '').split('?');
    const { method = '' } = request;
    const entry = { status: 200, clips: 0, failed: 0, error: undefined as string | undefined };
    try {
      checkCaller(request, this.limits.token);
      if (this.stopping) throw new RequestError(503, 'this server is stopping');
      if (method === 'GET') this.get(path, response);
      else if (method === 'POST') {
        const { body, clips, failed } = await this.post(path, request, response);
        Object.assign(entry, { clips, failed });
        send(response, 200, body);
      } else throw new RequestError(405, `${method} is not answered; use GET or POST`);
    } catch (error) {
      const refused = error instanceof RequestError;
      entry.status = refused ? error.status : response.destroyed ? 499 : 500;
      entry.error = (error as Error).message;
      const headers: Record<string, string> = { Connection: 'close' };
      if (refused && error.retryAfter) headers['Retry-After'] = String(error.retryAfter);
      // What is left of a body is not read.
      send(response, entry.status, { error: entry.error }, headers);
    }
    const seconds = (performance.now() - start) / 1000;
    this.metrics.request(known.has(path) ? path : 'other', entry.status, seconds);
    this.onAnswer({
      ...{ time: new Date().toISOString(), method, path },
      ...{ ...entry, seconds: Number(seconds.toFixed(4)) },
    });
  }

  private get(path: string, response: ServerResponse): void {
    const names = [...this.rewards.keys()];
    switch (path) {
      case '/metrics':
        send(response, 200, this.metrics.text(this.queued));
        break;
      case '/rewards':
        send(response, 200, { rewards: names });
        break;
      case '/health': {
        const rewards = Object.fromEntries(names.map((name) => [name, ['ready']]));
        send(response, 200, { status: 'ok', rewards, queued: Object.fromEntries(this.queued) });
        break;
      }
      default:
        throw new RequestError(404, `there is no ${path}; there are ${[...known].join(', ')}`);
    }
  }

  private async post(path: string, request: IncomingMessage, response: ServerResponse): Promise<Answer> {
    if (path !== '/score' && path !== '/v1/scores') {
      throw new RequestError(404, `there is no POST ${path}; there are POST /score and POST /v1/scores`);
    }
    const body = await readBody(request, this.limits.bodyBytes, this.held);
    const key = request.headers['idempotency-key'];
    const gone = new AbortController();
    // Whoever has given a key comes again for the answer.
    if (key === undefined) response.once('close', () => gone.abort(new Error('the caller has gone')));
    const answered = () =>
      path === '/score' ? this.score(parseBody(body), gone.signal) : this.plain(parseBody(body), gone.signal);
    try {
      return await (typeof key === 'string' ? this.answers.get(key, body, answered) : answered());
    } finally {
      this.held.give(body.length);
    }
  }

  /** The contract of UniRL's reward service. */
  private async score(body: unknown, gone: AbortSignal): Promise<Answer> {
    const asks = asksOfScore(body);
    const outcomes = await this.outcomes(asks, gone);
    const results = outcomes.map((of) =>
      Object.fromEntries(
        [...of].flatMap(([name, outcome]) =>
          'reward' in outcome ? [[name, subMetrics(outcome.reward, this.metricOf(name))]] : [],
        ),
      ),
    );
    const errors = outcomes.map((of, i) => {
      const ask = asks[i];
      if (ask instanceof RequestError) return { request: ask.message };
      return Object.fromEntries(
        [...of].flatMap(([name, outcome]) => ('error' in outcome ? [[name, outcome.error]] : [])),
      );
    });
    const identities = outcomes.map((of, i) => ({
      ...(!(asks[i] instanceof RequestError) && { request_id: (asks[i] as Ask).id ?? null }),
      rewards: Object.fromEntries(
        [...of.keys()].flatMap((name) => {
          const served = this.rewards.get(name);
          return served ? [[name, served.identity]] : [];
        }),
      ),
    }));
    const failed = errors.filter((error) => Object.keys(error).length > 0).length;
    return { body: { protocol_version: '1', results, errors, identities }, clips: asks.length, failed };
  }

  /** The plain endpoint. */
  private async plain(body: unknown, gone: AbortSignal): Promise<Answer> {
    const { reward, asks } = asksOfPlain(body, [...this.rewards.keys()]);
    const outcomes = await this.outcomes(asks, gone);
    const scores = outcomes.map((of, i) => {
      const ask = asks[i];
      if (ask instanceof RequestError) return { error: ask.message };
      const outcome = of.get(reward) as Outcome;
      const told = 'reward' in outcome ? plainly(outcome.reward) : outcome;
      return { ...(ask.id !== undefined && { id: ask.id }), ...told };
    });
    const failed = scores.filter((score) => 'error' in score).length;
    const identity = this.rewards.get(reward)?.identity;
    return { body: { reward, identity, scores }, clips: asks.length, failed };
  }

  private readonly metricOf = (name: string): string => this.rewards.get(name)?.metric ?? name;

  /**
   * What becomes of each clip by each of its rewards; one that fails leaves the others alone.
   * @throws RequestError 413 and 429 where they are too many; the signal's reason.
   */
  private async outcomes(
    asks: readonly (Ask | RequestError)[],
    gone: AbortSignal,
  ): Promise<ReadonlyMap<string, Outcome>[]> {
    this.admit(asks);
    const limit = new RequestError(504, `it took more than ${this.limits.seconds} s, the limit of a request`);
    const late = new AbortController();
    const timer = setTimeout(() => late.abort(limit), 1000 * this.limits.seconds);
    // Of signals that end with the request: one that lives longer would remember each of those that were made of it.
    const signal = AbortSignal.any([gone, late.signal]);
    try {
      const outcomes = await Promise.all(asks.map((ask) => this.outcomesOf(ask, signal)));
      gone.throwIfAborted();
      return outcomes;
    } finally {
      clearTimeout(timer);
    }
  }

  private admit(asks: readonly (Ask | RequestError)[]): void {
    const { queued } = this.limits;
    const counts = new Map<string, number>();
    for (const ask of asks) {
      if (ask instanceof RequestError) continue;
      for (const name of ask.rewards) counts.set(name, (counts.get(name) ?? 0) + 1);
    }
    for (const [name, count] of counts) {
      const waiting = this.queues.get(name)?.size ?? 0;
      if (count > queued) {
        throw new RequestError(413, `${count} clips at once, of at most ${queued}; send them in parts`);
      }
      if (waiting + count > queued) {
        const rate = this.metrics.outcomes('scored') / process.uptime();
        const wait = Math.min(60, Math.max(1, Math.ceil(waiting / Math.max(rate, 1))));
        throw new RequestError(429, `${waiting} clips wait for "${name}"; ask again later`, wait);
      }
    }
  }

  private async outcomesOf(ask: Ask | RequestError, signal: AbortSignal): Promise<Map<string, Outcome>> {
    const outcomes = new Map<string, Outcome>();
    if (ask instanceof RequestError) return outcomes;
    const fail = (name: string, error: unknown) => {
      outcomes.set(name, { error: (error as Error).message });
      if (this.rewards.has(name)) this.metrics.clip(name, 'failed');
    };
    const names = [...new Set(ask.rewards)];
    const unknown = names.filter((name) => !this.rewards.has(name));
    for (const name of unknown) {
      fail(
        name,
        new Error(`there is no reward "${name}" here; there are ${[...this.rewards.keys()].join(', ')}`),
      );
    }
    const wanted = names.filter((name) => this.rewards.has(name));
    if (wanted.length === 0) return outcomes;
    try {
      const { path, remove } = await clipFile(ask.media, this.limits, signal);
      try {
        const clip = { id: ask.id ?? 'clip', path, prompt: ask.prompt };
        await Promise.all(
          wanted.map(async (name) => {
            try {
              const reward = await (this.queues.get(name) as ScoreQueue).score(clip, signal);
              outcomes.set(name, { reward });
              this.metrics.clip(name, 'scored');
            } catch (error) {
              fail(name, error);
            }
          }),
        );
      } finally {
        await remove();
      }
    } catch (error) {
      for (const name of wanted) fail(name, error);
    }
    return outcomes;
  }

  /** Address, requests, clips and times. */
  [jupyterDisplay](): MimeBundle {
    const rows = this.rows();
    const cells = rows
      .map(
        ([name, value]) => `<tr><th style="text-align:left">${name}</th><td>${escapeHtml(value)}</td></tr>`,
      )
      .join('');
    return {
      [mime.html]: `<table style="font-variant-numeric:tabular-nums">${cells}</table>`,
      [mime.text]: rows.map(([name, value]) => `${name}: ${value}`).join('\n'),
    };
  }

  private rows(): [name: string, value: string][] {
    const { metrics } = this;
    const seconds = (share: number) => `${(1000 * metrics.quantile(share)).toFixed(0)} ms`;
    const waiting = [...this.queued.values()].reduce((sum, count) => sum + count, 0);
    return [
      [
        this.stopping ? 'served at' : 'serves at',
        this.stopping ? 'nothing any more: it has ended' : this.address,
      ],
      ['rewards', [...this.rewards.keys()].join(', ')],
      ['requests', metrics.answered.toLocaleString('en')],
      [
        'clips',
        `${metrics.outcomes('scored').toLocaleString('en')} scored, ${metrics.outcomes('failed')} failed, ${waiting} wait`,
      ],
      ...(metrics.answered > 0
        ? [['time', `half within ${seconds(0.5)}, 95% within ${seconds(0.95)}`] as [string, string]]
        : []),
    ];
  }
}

/** The numbers of a reward in the contract: its score, or each dimension, and the spread of an ensemble beside it. */
function subMetrics(reward: Reward, metric: string): Record<string, number> {
  if (typeof reward === 'number') return { [metric]: reward };
  return Object.fromEntries(
    Object.entries(reward).flatMap(([dimension, { score, spread }]) => [
      [dimension, score],
      ...(spread === undefined ? [] : [[`${dimension}_spread`, spread]]),
    ]),
  );
}

/** The same at the plain endpoint: one score, with its spread, or the numbers of several dimensions. */
function plainly(reward: Reward): object {
  if (typeof reward === 'number') return { score: reward };
  const [only, ...more] = Object.values(reward);
  return more.length === 0 ? { ...only } : { metrics: subMetrics(reward, '') };
}

/** What can be asked for. */
const known: ReadonlySet<string> = new Set(['/score', '/v1/scores', '/health', '/rewards', '/metrics']);
