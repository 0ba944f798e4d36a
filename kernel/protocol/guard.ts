import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { log } from '../process/log.js';
import { Framing } from './framing.js';
import { address, type Connection } from './wire.js';

/** Time in which what was sent last goes out. */
const flushMilliseconds = 500;
const prefix = 'solireward-ports-';
/** Age of a folder from which on nobody is only about to bind its addresses. */
const newMilliseconds = 60_000;

/** A port of the connection file, behind which a socket is bound at an address of its own. */
export interface Guarded {
  name: string;
  port: number;
  /** Most bytes of a message. */
  limit: number;
  /** Whether the messages of a client are kept, so that the limit is for all of them: its subscriptions. */
  keeps?: boolean;
}

/** A folder for the addresses of {@link Guards}; what kernels that were killed have left of theirs is removed. */
export async function guardFolder(connection: Connection): Promise<string | undefined> {
  // On Windows libzmq has no addresses that are files; a connection file may ask for such ones itself.
  if (process.platform === 'win32' || connection.transport !== 'tcp') return undefined;
  const left = readdirSync(tmpdir()).filter((name) => name.startsWith(prefix));
  await Promise.all(left.map((name) => removeLeft(join(tmpdir(), name))));
  return mkdtempSync(join(tmpdir(), prefix));
}

/** Removes a folder behind whose addresses nobody is. One that is new may be of a kernel that starts. */
async function removeLeft(folder: string): Promise<void> {
  try {
    if (Date.now() - statSync(folder).mtimeMs < newMilliseconds || (await isServed(join(folder, 'control'))))
      return;
    rmSync(folder, { recursive: true, force: true });
  } catch {
    // It is another user's, or gone by now.
  }
}

function isServed(path: string): Promise<boolean> {
  const socket = connect(path);
  return new Promise<boolean>((known) => {
    socket.once('connect', () => known(true));
    socket.once('error', ({ code }: NodeJS.ErrnoException) =>
      known(code !== 'ECONNREFUSED' && code !== 'ENOENT'),
    );
  }).finally(() => socket.destroy());
}

/** Where a socket is bound: behind a guard where there is a folder, else at the port itself. */
export const boundAt = (connection: Connection, name: string, port: number, folder: string | undefined) =>
  folder ? `ipc://${join(folder, name)}` : address(connection, port);

/**
 * The ports of a kernel where they are guarded: each gives on what comes, and disconnects a client whose message would
 * hold more than the limit.
 */
export class Guards {
  readonly #folder: string;
  readonly #servers: Server[] = [];
  readonly #most: number;
  readonly #clients = new Map<Socket, Framing>();

  /** @param most bytes of messages that are under way on all ports together */
  constructor(folder: string, most = 2 ** 30) {
    this.#folder = folder;
    this.#most = most;
  }

  /** Opens a port. @throws where it is taken */
  open(host: string, guarded: Guarded): Promise<void> {
    const server = createServer({ noDelay: true }, (client) => this.#join(client, guarded));
    this.#servers.push(server);
    return new Promise((opened, failed) => {
      server.once('error', failed);
      server.listen(guarded.port, host === '*' ? undefined : host, () => opened());
    });
  }

  #join(client: Socket, { name, limit, keeps }: Guarded): void {
    const inner = connect(join(this.#folder, name));
    const framing = new Framing(limit, keeps);
    this.#clients.set(client, framing);
    client.on('data', (chunk: Buffer) => {
      if (!framing.take(chunk)) {
        this.#drop(
          client,
          `${name}: a client sent what is not of ZeroMQ, or more than ${limit} bytes at once`,
        );
      } else {
        this.#dropLargest();
        if (!inner.write(chunk)) client.pause();
      }
    });
    inner.on('drain', () => client.resume());
    inner.pipe(client);
    // What fails closes, and what closes ends the other side.
    client.on('error', () => {});
    inner.on('error', () => client.destroy());
    client.on('close', () => {
      this.#clients.delete(client);
      inner.end();
    });
  }

  /** Where all clients together hold too much, the one that holds the most goes. */
  #dropLargest(): void {
    let [held, most, largest] = [0, 0, undefined as Socket | undefined];
    for (const [client, framing] of this.#clients) {
      held += framing.held;
      if (framing.held > most) [most, largest] = [framing.held, client];
    }
    if (largest && held > this.#most) this.#drop(largest, `all clients together hold ${held} bytes`);
  }

  /** What it held counts no more at once, though its socket closes later. */
  #drop(client: Socket, reason: string): void {
    log(`${reason}; it is disconnected`);
    this.#clients.delete(client);
    client.destroy();
  }

  /** Takes no more clients, and waits until what the sockets have sent is with those there are. */
  async close(): Promise<void> {
    for (const server of this.#servers) server.close();
    const gone = [...this.#clients.keys()].map(
      (client) => new Promise<void>((done) => client.once('finish', done).once('close', () => done())),
    );
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((done) => {
      timer = setTimeout(done, flushMilliseconds);
    });
    await Promise.race([Promise.all(gone), late]);
    clearTimeout(timer);
    for (const client of this.#clients.keys()) client.destroy();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
