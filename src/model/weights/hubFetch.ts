import { setTimeout as wait } from 'node:timers/promises';
import { formatBytes } from '../../base/formatBytes.js';
import { placeholderOf } from '../../base/placeholder.js';

/** How long a server that brings nothing, or says "later", is waited for. */
export interface Patience {
  /** Milliseconds without a byte. */
  silence: number;
  /** Milliseconds before the second request; they double with each one more. */
  pause: number;
  /** Requests in a row that bring nothing. */
  requests: number;
  /** Milliseconds that a server may ask for by Retry-After. */
  longest: number;
}

export const patience: Patience = { silence: 60_000, pause: 500, requests: 5, longest: 120_000 };

/** An answer that another request would not change. */
export class UselessAnswer extends Error {}

/** An answer; who asked closes it. */
export interface Answer {
  response: Response;
  /** Its bytes as they come. @throws when none has come for the time of `silence`. */
  chunks: AsyncIterator<Uint8Array, void>;
  close(): void;
}

/** One request. @throws when nothing comes for the time of `silence`, and what `fetch` throws. */
export async function ask(
  fetch: typeof globalThis.fetch,
  url: string | URL | Request,
  init: RequestInit,
  { silence }: Pick<Patience, 'silence'>,
): Promise<Answer> {
  const controller = new AbortController();
  const timer = setTimeout(
    () => controller.abort(new Error(`the server has sent nothing for ${silence / 1000} s`)),
    silence,
  );
  const close = () => {
    clearTimeout(timer);
    controller.abort();
  };
  async function* chunksOf(body: AsyncIterable<Uint8Array>) {
    for await (const chunk of body) {
      timer.refresh();
      yield chunk;
    }
  }
  try {
    const response = await fetch(url, { ...init, signal: controller.signal });
    const body = (response.body ?? []) as unknown as AsyncIterable<Uint8Array>;
    return { response, chunks: chunksOf(body), close };
  } catch (error) {
    close();
    throw error;
  }
}

/**
 * A `fetch` for short answers of the hub's interface: they have a limit of bytes and of time, none is a web page, and a
 * server that says "later" is asked again after a while, a few times.
 */
export function patientFetch(
  fetch: typeof globalThis.fetch,
  most: number,
  limits: Patience = patience,
): typeof globalThis.fetch {
  return async (url, init = {}) => {
    for (let attempt = 1; ; attempt++) {
      const answer = await ask(fetch, url, init, limits);
      const { status, statusText, headers } = answer.response;
      const bytes = await bytesOf(answer, most);
      const pause = pauseOf(answer.response, attempt, limits);
      if (pause === undefined) {
        const empty = status === 204 || status === 304 || init.method === 'HEAD';
        return new Response(empty ? null : new Uint8Array(bytes), { status, statusText, headers });
      }
      await wait(pause);
    }
  };
}

async function bytesOf({ response, chunks, close }: Answer, most: number): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  let size = 0;
  try {
    for (let next = await chunks.next(); !next.done; next = await chunks.next()) {
      const { value } = next;
      size += value.length;
      if (size > most)
        throw new UselessAnswer(`the answer has no end: it is longer than ${formatBytes(most)}`);
      parts.push(value);
    }
  } finally {
    close();
  }
  const bytes = Buffer.concat(parts);
  if (response.ok) refusePage(response, bytes);
  return bytes;
}

/** @throws when an answer is a page for people, such as the login of a network. */
export function refusePage({ headers, url }: Response, start: Uint8Array): void {
  const isPage = /^\s*text\/html\b/i.test(headers.get('content-type') ?? '');
  if (!isPage && !placeholderOf(start)?.includes('HTML')) return;
  const from = url ? ` of ${new URL(url).host}` : '';
  throw new UselessAnswer(
    `the answer${from} is a web page, not the file: a login or a proxy stands before the hub; open it in a browser, set HF_TOKEN, or set HF_ENDPOINT to a mirror`,
  );
}

/** Milliseconds until the next request, where a server says "later" and there may be another one. */
export function pauseOf(
  { status, headers }: Response,
  attempt: number,
  limits: Patience,
): number | undefined {
  if (![408, 429, 500, 502, 503, 504].includes(status) || attempt >= limits.requests) return undefined;
  const asked = retryAfter(headers.get('retry-after'));
  if (asked === undefined) return limits.pause * 2 ** (attempt - 1);
  return asked <= limits.longest ? asked : undefined;
}

/** Milliseconds of a Retry-After, which is a number of seconds or a date. */
function retryAfter(text: string | null): number | undefined {
  if (text === null) return undefined;
  const found = /^\s*\d+\s*$/.test(text) ? 1000 * Number(text) : Date.parse(text) - Date.now();
  return Number.isNaN(found) ? undefined : Math.max(0, found);
}
