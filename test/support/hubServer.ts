import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout } from 'node:timers/promises';

export const commit = 'a'.repeat(40);

/** What the server does wrong, and what it was asked. */
export interface HubServer {
  url: string;
  /** Files of the repository `lab/model`. */
  files: Record<string, Buffer>;
  /** Bytes after which it breaks the connection, answer by answer; none for those that it sends whole. */
  breaks: (number | undefined)[];
  /** Settles when a connection may break: so many bytes of the file were sent by then, in all. Default: 20 ms later. */
  beforeBreak: (bytes: number) => Promise<unknown>;
  /** It does not know ranges. */
  rangeless: boolean;
  /** It sends another content than it has announced. */
  corrupt: boolean;
  /** Answers a path in the place of the hub, where it returns true. */
  instead?: (path: string, response: ServerResponse, request: IncomingMessage) => boolean;
  /** Requests, as "GET /lab/model/resolve/... bytes=5-". */
  log: string[];
  authorization: Set<string | undefined>;
  close(): Promise<void>;
}

/** A server on this machine that speaks the part of the hub's interface that a download uses. */
export async function hubServer(files: Record<string, Buffer>): Promise<HubServer> {
  const http = createServer((request, response) => {
    const { authorization, range = '' } = request.headers;
    hub.log.push(`${request.method} ${request.url} ${range}`.trim());
    hub.authorization.add(authorization);
    answer(request, response).catch((error) => response.destroy(error));
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const hub: HubServer = {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}`,
    ...{ files, breaks: [], rangeless: false, corrupt: false, log: [], authorization: new Set() },
    beforeBreak: () => setTimeout(20),
    close: () => {
      http.closeAllConnections(); // those that wait for an answer that never comes
      return new Promise((resolve) => http.close(() => resolve()));
    },
  };
  return hub;

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const json = (data: unknown, status = 200) => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(data));
    };
    const path = decodeURIComponent(String(request.url).replace(/\?.*/, ''));
    if (hub.instead?.(path, response, request)) return;
    if (
      path === '/api/models/lab/model/revision/main' ||
      path === `/api/models/lab/model/revision/${commit}`
    ) {
      const siblings = Object.keys(hub.files).map((rfilename) => ({ rfilename }));
      return json({ id: 'lab/model', sha: commit, siblings });
    }
    if (path === `/api/models/lab/model/paths-info/${commit}`) {
      const { paths } = JSON.parse(await bodyOf(request)) as { paths: string[] };
      return json(paths.filter((name) => name in hub.files).map((name) => entry(name, hub.files[name])));
    }
    const file = hub.files[path.replace(`/lab/model/resolve/${commit}/`, '')];
    if (!file) return json({ error: 'Repository not found' }, 404);
    const from = hub.rangeless ? 0 : Number(/bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0);
    const content = Buffer.from(file.subarray(from));
    if (hub.corrupt) content[content.length - 1] ^= 1;
    const length = { 'content-length': content.length };
    if (from > 0) {
      response.writeHead(206, {
        ...length,
        'content-range': `bytes ${from}-${file.length - 1}/${file.length}`,
      });
    } else response.writeHead(200, length);
    const most = hub.breaks.shift();
    if (most === undefined) response.end(content);
    else {
      response.write(content.subarray(0, most));
      await hub.beforeBreak(from + most);
      response.destroy();
    }
  }
}

/** A file as the hub describes it: a large one by its SHA-256, another one by git's SHA-1. */
function entry(path: string, content: Buffer): object {
  const oid = createHash('sha1').update(`blob ${content.length}\0`).update(content).digest('hex');
  const base = { path, type: 'file', oid, size: content.length };
  if (!path.endsWith('.safetensors')) return base;
  const lfs = {
    oid: createHash('sha256').update(content).digest('hex'),
    size: content.length,
    pointerSize: 134,
  };
  return { ...base, lfs };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let body = '';
  for await (const chunk of request) body += chunk;
  return body;
}
