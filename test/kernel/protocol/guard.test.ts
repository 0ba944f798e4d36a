import { existsSync, linkSync, mkdtempSync, rmSync, utimesSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Dealer, Router } from 'zeromq';
import { freePorts } from '../../../kernel/headless/freePorts.js';
import { boundAt, Guards, guardFolder } from '../../../kernel/protocol/guard.js';
import type { Connection } from '../../../kernel/protocol/wire.js';
import { greeting } from '../../support/zmtp.js';

const connection = { transport: 'tcp', ip: '127.0.0.1' } as Connection;
let folder: string;
let guards: Guards;
let router: Router;
beforeEach(async () => {
  folder = (await guardFolder(connection)) as string;
  guards = new Guards(folder);
  router = new Router({ linger: 500 });
  await router.bind(boundAt(connection, 'shell', 0, folder));
});
afterEach(async () => {
  if (!router.closed) router.close();
  await guards.close();
});

async function open(limit: number): Promise<number> {
  const [port] = await freePorts(1);
  await guards.open('127.0.0.1', { name: 'shell', port, limit });
  return port;
}
const closed = (socket: Socket) => new Promise<void>((done) => socket.once('close', () => done()));

it('gives messages on both ways, what is sent last too', async () => {
  const port = await open(2 ** 20);
  const dealer = new Dealer({ linger: 0 });
  dealer.connect(`tcp://127.0.0.1:${port}`);
  await dealer.send(['one', Buffer.alloc(500_000, 7)]);
  const [identity, one, bytes] = await router.receive();
  expect([String(one), bytes.equals(Buffer.alloc(500_000, 7))]).toEqual(['one', true]);
  for (let i = 0; i < 1000; i++) await router.send([identity, `${i}`, Buffer.alloc(1000)]);
  router.close();
  await guards.close();
  for (let i = 0; i < 1000; i++) expect(String((await dealer.receive())[0])).toBe(`${i}`);
  dealer.close();
});

it('disconnects a client whose message is above the limit, and serves the others', async () => {
  const port = await open(10_000);
  const [large, fits] = [new Dealer({ linger: 0, reconnectInterval: 60_000 }), new Dealer({ linger: 0 })];
  for (const dealer of [large, fits]) dealer.connect(`tcp://127.0.0.1:${port}`);
  await large.send(Array(20).fill(''));
  await fits.send(['small']);
  expect(String((await router.receive())[1])).toBe('small');
  for (const dealer of [large, fits]) dealer.close();
});

it('disconnects the client that holds the most, where all together hold too much', async () => {
  guards = new Guards(folder, 100_000);
  const port = await open(2 ** 20);
  // Messages that have not ended, of 60 and of 50 frames.
  const [large, other] = [60, 50].map(() => connect(port, '127.0.0.1'));
  for (const socket of [large, other]) socket.on('error', () => {}).resume();
  let gone = false;
  void closed(other).then(() => {
    gone = true;
  });
  const begin = (socket: Socket, frames: number) =>
    socket.write(Buffer.concat([greeting(), Buffer.alloc(2 * frames, Buffer.from([1, 0]))]));
  begin(large, 60);
  begin(other, 50);
  await closed(large);
  expect(gone).toBe(false);
  other.destroy();
});

it('disconnects what does not speak ZeroMQ', async () => {
  const socket = connect(await open(1000), '127.0.0.1');
  socket.on('error', () => {}).resume();
  socket.write('GET / HTTP/1.1\r\nHost: localhost\r\nAccept: */*\r\nUser-Agent: nobody\r\n\r\n');
  await closed(socket);
});

it('is an error where the port is taken', async () => {
  const port = await open(1000);
  await expect(guards.open('127.0.0.1', { name: 'shell', port, limit: 1000 })).rejects.toThrow('EADDRINUSE');
});

it('leaves no folder, and takes those of kernels that were killed, but not those of living ones', async () => {
  const [left, starting] = ['left', 'starting'].map((name) =>
    mkdtempSync(join(tmpdir(), `solireward-ports-${name}-`)),
  );
  // A socket file that nobody serves, as a kill leaves it.
  const dead = createServer().listen(join(left, 'was'));
  await new Promise((listening) => dead.once('listening', listening));
  linkSync(join(left, 'was'), join(left, 'control'));
  await new Promise((ended) => dead.close(ended));
  const control = new Router({ linger: 0 });
  await control.bind(boundAt(connection, 'control', 0, folder));
  for (const path of [left, folder]) utimesSync(path, 0, 0);
  const another = (await guardFolder(connection)) as string;
  expect([left, starting, folder, another].map((path) => existsSync(path))).toEqual([
    false,
    true,
    true,
    true,
  ]);
  control.close();
  await new Guards(another).close();
  await guards.close();
  expect([existsSync(another), existsSync(folder)]).toEqual([false, false]);
  rmSync(starting, { recursive: true });
});

it('guards only ports of TCP', async () => {
  expect(await guardFolder({ ...connection, transport: 'ipc' })).toBeUndefined();
  expect(boundAt(connection, 'shell', 5555, undefined)).toBe('tcp://127.0.0.1:5555');
});
