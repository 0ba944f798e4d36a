import { createHmac } from 'node:crypto';
import { expect, it } from 'vitest';
import { type Connection, Wire } from '../../../kernel/protocol/wire.js';

const connection: Connection = {
  transport: 'tcp',
  ip: '127.0.0.1',
  shell_port: 1,
  iopub_port: 2,
  stdin_port: 3,
  control_port: 4,
  hb_port: 5,
  signature_scheme: 'hmac-sha256',
  key: 'secret',
};
const buffers = (frames: (Buffer | string)[]) => frames.map((frame) => Buffer.from(frame as string));
const frames = () =>
  buffers(new Wire(connection, 'a').encode('status', { n: 1 }, undefined, { identities: ['client'] }));

it('reads what it writes', () => {
  const message = new Wire(connection, 'b').decode(frames());
  expect(message.header).toMatchObject({ msg_type: 'status', session: 'a', version: '5.3' });
  expect(message.content).toEqual({ n: 1 });
  expect(message.identities.map(String)).toEqual(['client']);
});

it('refuses what is changed, cut short or sent again', () => {
  const wire = new Wire(connection, 'b');
  const changed = frames();
  changed[6] = Buffer.from('{"n":2}');
  expect(() => wire.decode(changed)).toThrow('wrong signature');
  const unsigned = frames();
  unsigned[2] = Buffer.from('');
  expect(() => wire.decode(unsigned)).toThrow('wrong signature');
  expect(() => wire.decode(frames().slice(0, 4))).toThrow('not a message');
  const once = frames();
  wire.decode(once);
  expect(() => wire.decode(once)).toThrow('again');
});

it.each([
  ['null', '{}', '{}', '{}'],
  ['[]', '{}', '{}', '{}'],
  ['{"msg_id":1,"msg_type":"status"}', '{}', '{}', '{}'],
  ['{"msg_id":"1"}', '{}', '{}', '{}'],
  ['{"msg_id":"1","msg_type":"status"}', 'null', '{}', '{}'],
  ['{"msg_id":"1","msg_type":"status"}', '{}', '{}', '"text"'],
  ['{"msg_id":"1","msg_type":"status"}', '{}', '{}', '{'],
])('refuses parts that are not a message, also well signed: %s %s %s %s', (...parts) => {
  const hmac = createHmac('sha256', connection.key);
  for (const part of parts) hmac.update(part);
  const signed = buffers(['<IDS|MSG>', hmac.digest('hex'), ...parts]);
  expect(() => new Wire(connection, 'b').decode(signed)).toThrow(
    /kernel: received parts that are not (a message|valid JSON)/,
  );
});

it('carries buffers as they were when it wrote them', () => {
  const bytes = new Uint8Array([1, 2]);
  const written = new Wire(connection, 'a').encode('comm_msg', {}, undefined, { buffers: [bytes] });
  bytes[0] = 9;
  const message = new Wire(connection, 'b').decode(buffers(written));
  expect(message.buffers.map((buffer) => [...buffer])).toEqual([[1, 2]]);
});

it('refuses a signature scheme that it does not know', () => {
  expect(() => new Wire({ ...connection, signature_scheme: 'hmac-md5' }, 'a')).toThrow('hmac-md5');
});

it('takes two messages of one id for two: a manager and its clients count for themselves', () => {
  const wire = new Wire(connection, 'b');
  const sender = new Wire(connection, 'a');
  const frames = (type: string) => buffers(sender.encode(type, {}, undefined, { id: 'session_1' }));
  expect(wire.decode(frames('kernel_info_request')).header.msg_type).toBe('kernel_info_request');
  expect(wire.decode(frames('interrupt_request')).header.msg_type).toBe('interrupt_request');
});

it('knows no replays where nothing is signed', () => {
  const wire = new Wire({ ...connection, key: '' }, 'b');
  const frames = buffers(new Wire({ ...connection, key: '' }, 'a').encode('status', {}, undefined));
  wire.decode(frames);
  expect(wire.decode(frames).signature).toBe('');
});

it('writes no half of a surrogate pair', () => {
  const content = { text: 'a \ud83c', whole: '🎬', both: '\udfac\ud83c', slash: '\\ud83c', '\ud83c': 1 };
  const frames = new Wire(connection, 'a').encode('stream', content, undefined);
  expect(JSON.parse(String(frames.at(-1)))).toEqual({
    text: 'a \ufffd',
    whole: '🎬',
    both: '\ufffd\ufffd',
    slash: '\\ud83c',
    '\ufffd': 1,
  });
});
