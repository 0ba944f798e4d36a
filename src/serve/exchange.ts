import { timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { RequestError } from './requestError.js';

/** Names of this machine that no other one can be reached by. */
const loopback = ['127.0.0.1', 'localhost', '::1'];

/** Whether a server on this host can be reached from this machine alone. */
export const isLoopback = (host: string): boolean => loopback.includes(host.replace(/^\[|\]$/g, ''));

/**
 * Lets callers in: with a token those who bring it; without one those who have called this machine by a name of its own,
 * since a page in a browser could have any other name lead here.
 * @throws RequestError 401 or 403
 */
export function checkCaller({ headers }: IncomingMessage, token: string | undefined): void {
  if (token === undefined) {
    const { host = '' } = headers;
    if (isLoopback(host.replace(/:\d+$/, ''))) return;
    throw new RequestError(403, `this server is called by 127.0.0.1 or localhost, not by "${host}"`);
  }
  const given = Buffer.from(headers.authorization ?? '');
  const wanted = Buffer.from(`Bearer ${token}`);
  if (given.length === wanted.length && timingSafeEqual(given, wanted)) return;
  throw new RequestError(
    401,
    'expected the header "Authorization: Bearer TOKEN" with the token of this server',
  );
}

/** Bytes of bodies that are held at once, over all callers. */
export class HeldBytes {
  private held = 0;

  constructor(private readonly most: number) {}

  /** @throws RequestError 429 where too many are held already. */
  take(bytes: number): void {
    if (this.held > 0 && this.held + bytes > this.most) {
      throw new RequestError(429, `bodies of ${this.held} bytes are being worked on; ask again later`, 1);
    }
    this.held += bytes;
  }

  give(bytes: number): void {
    this.held -= bytes;
  }
}

/**
 * The body of a request that is JSON.
 * @param most bytes. @param held is told of them; the caller gives them back.
 * @throws RequestError 413, 415, 429; the connection's error where it breaks.
 */
export async function readBody(request: IncomingMessage, most: number, held: HeldBytes): Promise<Buffer> {
  const { 'content-type': type = '', 'content-length': length } = request.headers;
  // A page in a browser may send anything else to this machine without asking first.
  if (!/^application\/json\b/i.test(type)) {
    throw new RequestError(415, `expected a body of application/json, received "${type}"`);
  }
  const tooLarge = () =>
    new RequestError(413, `the body has more than ${most} bytes, the limit of this server`);
  if (Number(length) > most) throw tooLarge();
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      held.take(chunk.length);
      size += chunk.length;
      if (size > most) throw tooLarge();
      chunks.push(chunk);
    }
    return Buffer.concat(chunks);
  } catch (error) {
    held.give(size);
    throw error;
  }
}

/** @throws RequestError 400 */
export function parseBody(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch (error) {
    throw new RequestError(400, `the body is not valid JSON: ${(error as Error).message}`);
  }
}

/** Sends an answer; nothing where the caller has gone. */
export function send(
  response: ServerResponse,
  status: number,
  body: object | string,
  headers: Record<string, string> = {},
): void {
  if (response.headersSent || response.destroyed) return;
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  response.writeHead(status, {
    'Content-Type': typeof body === 'string' ? 'text/plain; version=0.0.4' : 'application/json',
    'Content-Length': Buffer.byteLength(text),
    'X-Content-Type-Options': 'nosniff',
    ...headers,
  });
  response.end(text);
}
