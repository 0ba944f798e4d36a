import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseJson } from '../base/json.js';
import { answersOf, excerpt } from './answers.js';
import { inBatches } from './functionScorer.js';
import type { AuditedClip, Scored, Scorer } from './scorer.js';
import { checkSeconds, inTime, ScorerError } from './scorerError.js';

/** How a served scorer is asked. */
export interface ServedOptions {
  /** Clips of a request. Default 16. */
  batchSize?: number;
  /** Seconds that an answer may take. Default 600. */
  seconds?: number;
  /** Sent with each request, such as `{ authorization: 'Bearer …' }`. */
  headers?: Record<string, string>;
}

/** Seconds that a busy server may ask for at a time. */
const mostWaited = 60;

/** Bytes of an answer that are read: a score takes some twenty. */
const longestAnswer = 1 << 24;

/**
 * A scorer behind a URL. It gets `POST` with `{ clips: [{ id, path, prompt }] }`, `path` the whole path of a file of this machine, and answers
 * `{ scores: [ … ] }` in the order of the clips: a number, `{ score }` or `{ error }` for each. So does `solireward serve`, at
 * `/v1/scores`. A server that is busy (429, 503) is asked again, within `seconds`.
 * @throws {RangeError} for a URL that is not one of HTTP, or a limit that is not a number above 0
 */
export function served(
  url: string,
  { batchSize = 16, seconds = 600, headers = {} }: ServedOptions = {},
): Scorer {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (!parsed || !/^https?:$/.test(parsed.protocol)) {
    throw new RangeError(`served: expected an http or https URL, received ${JSON.stringify(url)}`);
  }
  checkSeconds('served', seconds);
  // What a URL may hold of a password is not shown.
  const name = parsed.origin + parsed.pathname;
  const ask = async (clips: readonly AuditedClip[], signal: AbortSignal): Promise<Scored[]> => {
    const body = JSON.stringify({
      clips: clips.map(({ id, path, prompt }) => ({ id, path: resolve(path), prompt })),
    });
    const request = { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body };
    const response = await once(
      () =>
        fetch(parsed, { ...request, signal }).catch((error: Error) => {
          const reason = (error.cause as Error | undefined)?.message || error.message;
          throw new ScorerError(`${name} cannot be reached: ${reason}`);
        }),
      signal,
    );
    const text = await textOf(response, name);
    // Who is not let in, or asks at the wrong place, fares no better clip by clip.
    if (response.status === 401 || response.status === 403 || response.status === 404) {
      throw new ScorerError(`${name} answered ${response.status}: ${excerpt(text)}`);
    }
    if (!response.ok) throw new Error(`it answered ${response.status}: ${excerpt(text)}`);
    return answersOf(name, clips, scoresOf(text, name));
  };
  const call = async (clips: readonly AuditedClip[], signal?: AbortSignal) => {
    const given = new AbortController();
    try {
      return await inTime(ask(clips, given.signal), seconds, name, signal);
    } finally {
      given.abort();
    }
  };
  return { name, score: (clips, options) => inBatches(clips, batchSize, call, options) };
}

/** The first answer of a server that is not too busy: one that says so is asked again when it wants to be. */
async function once(ask: () => Promise<Response>, signal: AbortSignal): Promise<Response> {
  for (;;) {
    const response = await ask();
    if (response.status !== 429 && response.status !== 503) return response;
    await response.body?.cancel();
    const asked = Number(response.headers.get('retry-after'));
    await sleep(1000 * Math.min(mostWaited, Math.max(0.1, asked || 1)), undefined, { signal });
  }
}

async function textOf(response: Response, name: string): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  if (!response.body) return text;
  // Node's streams can be iterated; the types of browsers do not say so.
  for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
    text += decoder.decode(chunk, { stream: true });
    if (text.length > longestAnswer)
      throw new ScorerError(`${name} answers more than ${longestAnswer} characters`);
  }
  return text;
}

function scoresOf(text: string, name: string): unknown {
  let answer: unknown;
  try {
    answer = parseJson(text);
  } catch {
    throw new ScorerError(`${name}: expected JSON, received ${excerpt(text)}`);
  }
  const scores = (answer as { scores?: unknown } | null)?.scores;
  if (scores === undefined)
    throw new ScorerError(`${name}: expected { "scores": [ … ] }, received ${excerpt(text)}`);
  return scores;
}
