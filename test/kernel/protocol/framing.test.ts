import { expect, it } from 'vitest';
import { Framing } from '../../../kernel/protocol/framing.js';
import { command, frame as frameOf, greeting, more } from '../../support/zmtp.js';

/** A frame of so many bytes. */
const frame = (length: number, flags = 0) => frameOf(Buffer.alloc(length), flags);
const greeted = (limit: number, keeps = false) => {
  const framing = new Framing(limit, keeps);
  expect(framing.take(greeting())).toBe(true);
  return framing;
};

it('counts the frames of a message, with 1 KiB for each, until it ends', () => {
  const framing = greeted(10_000);
  expect(framing.take(frame(30, command))).toBe(true);
  expect(framing.held).toBe(0);
  expect(framing.take(frame(10, more))).toBe(true);
  expect(framing.held).toBe(1034);
  expect(framing.take(frame(0, more))).toBe(true);
  expect(framing.held).toBe(2058);
  expect(framing.take(frame(5, command))).toBe(true);
  expect(framing.take(frame(1000).subarray(0, 500))).toBe(true);
  expect(framing.held).toBe(4082);
  expect(framing.take(frame(1000).subarray(500))).toBe(true);
  expect(framing.held).toBe(0);
});

it('counts the same whatever pieces the bytes come in', () => {
  const bytes = Buffer.concat([greeting(), frame(300, more), frame(7, command), frame(0, more), frame(3)]);
  const framing = new Framing(10_000);
  const seen: number[] = [];
  for (const byte of bytes) {
    expect(framing.take(Buffer.from([byte]))).toBe(true);
    if (framing.held !== seen.at(-1)) seen.push(framing.held);
  }
  expect(seen).toEqual([0, 1324, 2348, 3375, 0]);
});

it('refuses a message above the limit at the head of the frame that is too much', () => {
  const framing = greeted(3000);
  expect(framing.take(frame(500, more))).toBe(true);
  expect(framing.take(frame(500).subarray(0, 9))).toBe(false);
  expect(greeted(3000).take(frame(3001, command))).toBe(false);
  const empty = greeted(100 * 1024);
  expect(empty.take(Buffer.concat(Array(100).fill(frame(0, more))))).toBe(true);
  expect(empty.take(frame(0))).toBe(false);
});

it('counts all messages and commands together where they are kept', () => {
  const framing = greeted(3000, true);
  expect(framing.take(Buffer.concat([frame(10), frame(20, command)]))).toBe(true);
  expect(framing.held).toBe(1054);
  expect(framing.take(Buffer.concat([frame(10), frame(0)]))).toBe(false);
});

it.each([
  ['text', Buffer.from('GET / HTTP/1.1\r\nHost: localhost\r\nAccept: */*\r\nUser-Agent: none\r\n\r\n')],
  ['ZMTP 1', Buffer.alloc(64)],
  ['ZMTP 2', Buffer.concat([greeting().subarray(0, 10), Buffer.from([1]), Buffer.alloc(53)])],
  ['flags that are not allowed', Buffer.concat([greeting(), Buffer.from([0x80, 0])])],
])('refuses %s', (_, bytes) => {
  expect(new Framing(1000).take(bytes)).toBe(false);
});
