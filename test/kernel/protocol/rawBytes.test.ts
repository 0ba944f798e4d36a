import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Dealer } from 'zeromq';
import { freePorts } from '../../../kernel/headless/freePorts.js';
import { Random } from '../../../src/base/random.js';
import { Client, type Ports, result } from '../../support/kernelClient.js';
import { announce, command, frame, greeting, more } from '../../support/zmtp.js';

let client: Client;
let ports: Ports;
beforeAll(async () => {
  const names = ['shell', 'iopub', 'stdin', 'control', 'hb'] as const;
  const free = await freePorts(names.length);
  ports = Object.fromEntries(names.map((name, i) => [name, free[i]])) as Ports;
  client = await Client.start(undefined, undefined, ports);
});
afterAll(() => client.stop());

const short = (text: string) => Buffer.concat([Buffer.from([text.length]), Buffer.from(text)]);
function ready(type: string): Buffer {
  const value = Buffer.alloc(4);
  value.writeUInt32BE(type.length);
  return frame(Buffer.concat([short('READY'), short('Socket-Type'), value, Buffer.from(type)]), command);
}
/** The type of socket that each channel speaks with. */
const peers = { shell: 'DEALER', iopub: 'SUB', stdin: 'DEALER', control: 'DEALER', hb: 'REQ' };
const message = (...parts: (Buffer | string)[]) =>
  Buffer.concat(parts.map((part, i) => frame(part, i < parts.length - 1 ? more : 0)));

type Channel = keyof Ports;
const random = new Random(7);
const noise = (length: number) =>
  Buffer.from(Array.from({ length }, () => Math.floor(random.uniform() * 256)));

/** What is sent, in one piece each, to a channel; the second piece and later ones after the kernel's greeting. */
const attacks: Record<string, (channel: Channel) => Buffer[]> = {
  nothing: () => [],
  'a greeting that is cut off': () => [greeting().subarray(0, 7)],
  'a greeting and nothing more': () => [greeting()],
  'text of another protocol': () => [Buffer.from('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n')],
  'eight bytes: a message of ZMTP 1': () => [Buffer.from([1, 0, 5, 0, 112, 105, 110, 103])],
  'eight bytes of an unknown kind': () => [Buffer.from('ABCDEFGH')],
  'a version to come': () => [greeting('NULL', 9), ready('DEALER')],
  'an unknown mechanism': () => [greeting('NONSENSE'), ready('DEALER')],
  'the mechanism CURVE': () => [
    greeting('CURVE'),
    frame(Buffer.concat([short('HELLO'), noise(200)]), command),
  ],
  'the mechanism PLAIN': () => [
    greeting('PLAIN'),
    frame(Buffer.concat([short('HELLO'), short('a'), short('b')]), command),
  ],
  'a READY that is cut off': (channel) => [greeting(), ready(peers[channel]).subarray(0, 9)],
  'a READY that lies about its length': () => [
    greeting(),
    frame(Buffer.concat([short('READY'), Buffer.from([255, 1, 2])]), command),
  ],
  'a socket of the wrong type': () => [greeting(), ready('PULL')],
  'an unknown command': (channel) => [greeting(), ready(peers[channel]), frame(short('WHAT'), command)],
  'a PING without its time': (channel) => [greeting(), ready(peers[channel]), frame(short('PING'), command)],
  'an ERROR': (channel) => [
    greeting(),
    ready(peers[channel]),
    frame(Buffer.concat([short('ERROR'), short('no')]), command),
  ],
  'flags that are not allowed': (channel) => [greeting(), ready(peers[channel]), frame('x', 0xf8)],
  'noise after the greeting': () => [greeting(), noise(500)],
  'noise after READY': (channel) => [greeting(), ready(peers[channel]), noise(500)],
  'a gigabyte announced': (channel) => [greeting(), ready(peers[channel]), announce(2n ** 30n), noise(4096)],
  'more announced than there is': (channel) => [
    greeting(),
    ready(peers[channel]),
    announce(2n ** 63n - 1n),
    noise(64),
  ],
  'a negative length': (channel) => [greeting(), ready(peers[channel]), announce(2n ** 64n - 1n), noise(64)],
  'a message without an empty frame': (channel) => [greeting(), ready(peers[channel]), message('ping')],
  'an empty message': (channel) => [greeting(), ready(peers[channel]), message('')],
  'a message that is cut off': (channel) => [greeting(), ready(peers[channel]), frame('a', more)],
  '100,000 empty frames': (channel) => [
    greeting(),
    ready(peers[channel]),
    Buffer.concat([...Array(100_000).fill(frame('', more)), frame('')]),
  ],
  'ten million empty frames': (channel) => [
    greeting(),
    ready(peers[channel]),
    Buffer.alloc(20_000_000, frame('', more)),
  ],
  '100,000 messages': (channel) => [
    greeting(),
    ready(peers[channel]),
    Buffer.concat(Array(100_000).fill(message('', 'ping'))),
  ],
  'a delimiter alone': (channel) => [greeting(), ready(peers[channel]), message('<IDS|MSG>')],
  'a message without a signature': (channel) => [
    greeting(),
    ready(peers[channel]),
    message('<IDS|MSG>', '', '{}', '{}', '{}', '{}'),
  ],
  'a message without a key': (channel) => [
    greeting(),
    ready(peers[channel]),
    request('shutdown_request', { tamper: true }),
  ],
  'a message that is not valid JSON, well signed': (channel) => {
    const parts = ['{', 'nonsense', '\0', ''];
    return [greeting(), ready(peers[channel]), message('<IDS|MSG>', client.sign(parts), ...parts)];
  },
  'a message of numbers, well signed': (channel) => {
    const parts = ['1', '2', '3', '4'];
    return [greeting(), ready(peers[channel]), message('<IDS|MSG>', client.sign(parts), ...parts)];
  },
};

function request(type: string, options: { tamper?: boolean }): Buffer {
  return message(...(client.frames('raw', type, {}, options) as (Buffer | string)[]));
}

/** Sends pieces, each after what the kernel has answered to the one before, and hangs up when all has been taken. */
async function send(channel: Channel, pieces: Buffer[]): Promise<void> {
  const socket: Socket = connect(ports[channel], '127.0.0.1');
  let gone = false;
  const hangUp = new Promise<void>((closed) => socket.once('close', () => closed()));
  void hangUp.then(() => {
    gone = true;
  });
  // The kernel may hang up first.
  socket.on('error', () => {});
  socket.on('data', () => {});
  await Promise.race([hangUp, new Promise<void>((connected) => socket.once('connect', connected))]);
  for (const [i, piece] of pieces.entries()) {
    if (gone) break;
    await Promise.race([hangUp, new Promise((written) => socket.write(piece, written))]);
    // The greetings cross; what follows needs them.
    if (i < pieces.length - 1) await Promise.race([hangUp, new Promise((turn) => setTimeout(turn, 20))]);
  }
  await Promise.race([hangUp, new Promise((turn) => setTimeout(turn, 50))]);
  socket.destroy();
  await hangUp;
}

/** The kernel is there, and works. */
async function expectLife(): Promise<void> {
  const ended = client.exited.then(() => {
    throw new Error('the kernel has ended');
  });
  const works = async () => [result(await client.execute('1 + 1')), await client.beats()];
  expect(await Promise.race([works(), ended])).toEqual([{ 'text/plain': '2' }, true]);
}

const megabytes = () =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${client.process.pid}/status`, 'utf8'))![1]) / 1024;

describe.each(['shell', 'control', 'stdin', 'iopub', 'hb'] as const)('on the port of %s', (channel) => {
  it.each(Object.keys(attacks))('%s harms nothing', async (name) => {
    await send(channel, attacks[name](channel));
    await expectLife();
  });

  it('200 connections at once harm nothing', async () => {
    const kinds = Object.values(attacks);
    await Promise.all(Array.from({ length: 200 }, (_, i) => send(channel, kinds[i % 20](channel))));
    await expectLife();
  });
});

it('nothing of that is kept', () => {
  expect(megabytes()).toBeLessThan(700);
});

it('a message to the heartbeat without an empty frame comes back', async () => {
  const dealer = new Dealer({ linger: 0 });
  dealer.connect(`tcp://127.0.0.1:${ports.hb}`);
  await dealer.send('ping');
  expect((await dealer.receive()).map(String)).toEqual(['ping']);
  dealer.close();
});

it('a frame of two megabytes is read, and its cell run', async () => {
  const code = `// ${'x'.repeat(2 * 2 ** 20)}\n'long'`;
  expect(result(await client.execute(code))['text/plain']).toBe("'long'");
});
