import { expect, it } from 'vitest';
import { type Connection, Wire } from '../../kernel/wire.js';

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
  expect(() => wire.decode(frames().slice(0, 4))).toThrow('no message');
  const once = frames();
  wire.decode(once);
  expect(() => wire.decode(once)).toThrow('again');
});

it('refuses a signature scheme that it does not know', () => {
  expect(() => new Wire({ ...connection, signature_scheme: 'hmac-md5' }, 'a')).toThrow('hmac-md5');
});
