import { createWriteStream } from 'node:fs';
import { mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { isAbsolute, join, relative } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { RequestError } from './requestError.js';

/** How a clip comes: one of these. */
export interface Media {
  /** A file that the server can read itself. */
  path?: string;
  /** The bytes, as base64. */
  base64?: string;
  /** Where it is to be fetched from. */
  url?: string;
}

/** What callers may have read, and from where. */
export interface Access {
  /** Folders below which files may be read. */
  roots: readonly string[];
  /** Hosts (`name` or `name:port`) that clips may be fetched from. */
  hosts: readonly string[];
  /** Most bytes of a clip that is fetched. */
  bytes: number;
}

/** A clip's file for as long as it is scored. */
export interface ClipFile {
  path: string;
  /** Takes it away where it was made for this request. */
  remove(): Promise<void>;
}

/**
 * The file of a clip: the one that is named, below the roots with all symbolic links resolved; or a temporary one, of the
 * bytes that were sent or fetched from an allowed host without following redirects.
 * @throws RequestError 400 and 403 that say what is allowed; the signal's reason.
 */
export async function clipFile(media: Media, access: Access, signal: AbortSignal): Promise<ClipFile> {
  const given = Object.entries(media).filter(([, value]) => value !== undefined);
  if (given.length !== 1) {
    throw new RequestError(400, `expected one of path, bytes and URL for a clip, received ${given.length}`);
  }
  if (media.path !== undefined)
    return { path: await allowedPath(media.path, access), remove: async () => {} };
  const folder = await mkdtemp(join(tmpdir(), 'solireward-serve-'));
  const file = join(folder, 'clip');
  const remove = () => rm(folder, { recursive: true, force: true });
  try {
    if (media.base64 !== undefined) await writeFile(file, bytesOf(media.base64), { mode: 0o600 });
    else await fetched(media.url as string, file, access, signal);
    return { path: file, remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

async function allowedPath(path: string, { roots }: Access): Promise<string> {
  if (roots.length === 0) {
    throw new RequestError(
      403,
      'paths are not allowed here: the server was started without a root; send the bytes',
    );
  }
  if (!isAbsolute(path)) throw new RequestError(400, `expected an absolute path, received "${path}"`);
  // A path that is not there and one that is not allowed get one answer: who asks learns nothing of other folders.
  const refused = new RequestError(403, `"${path}" is not a file below the roots of this server`);
  const real = await realpath(path).catch(() => {
    throw refused;
  });
  for (const root of roots) {
    const inside = relative(await realpath(root).catch(() => root), real);
    if (inside !== '' && !inside.startsWith('..') && !isAbsolute(inside)) return real;
  }
  throw refused;
}

function bytesOf(base64: string): Buffer {
  const bytes = Buffer.from(base64, 'base64');
  // Node's reader skips what is not base64; nothing but the padding may be missing in what it has read.
  const written = base64.replace(/=+$/, '');
  if (bytes.length === 0 || written.length !== Math.ceil((bytes.length * 4) / 3)) {
    throw new RequestError(400, 'the bytes of a clip are not base64');
  }
  return bytes;
}

async function fetched(
  url: string,
  file: string,
  { hosts, bytes }: Access,
  signal: AbortSignal,
): Promise<void> {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (!parsed || !/^https?:$/.test(parsed.protocol)) {
    throw new RequestError(400, `expected an http or https URL, received "${url}"`);
  }
  if (!hosts.includes(parsed.host)) {
    const allowed =
      hosts.length > 0 ? `clips are fetched from ${hosts.join(', ')} only` : 'no host is allowed';
    throw new RequestError(403, `"${parsed.host}" is not allowed here: ${allowed}`);
  }
  const answer = await fetch(parsed, { redirect: 'error', signal }).catch((error: Error) => {
    signal.throwIfAborted();
    throw new RequestError(
      400,
      `${url} cannot be fetched: ${(error.cause as Error)?.message ?? error.message}`,
    );
  });
  if (!answer.ok || !answer.body) {
    throw new RequestError(400, `${url} cannot be fetched: it answers ${answer.status}`);
  }
  let size = 0;
  await pipeline(
    Readable.fromWeb(answer.body as import('node:stream/web').ReadableStream),
    async function* (chunks: AsyncIterable<Uint8Array>) {
      for await (const chunk of chunks) {
        size += chunk.length;
        if (size > bytes)
          throw new RequestError(400, `${url} has more than ${bytes} bytes, the limit of a clip`);
        yield chunk;
      }
    },
    createWriteStream(file, { mode: 0o600 }),
    { signal },
  );
}
