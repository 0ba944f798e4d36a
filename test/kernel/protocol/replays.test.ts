import { expect, it } from 'vitest';
import { Replays } from '../../../kernel/protocol/replays.js';
import type { Header } from '../../../kernel/protocol/wire.js';

const start = Date.UTC(2026, 0, 1);
const header = (session: string, milliseconds: number): Header => ({
  msg_id: 'x',
  session,
  username: 'u',
  date: new Date(start + milliseconds).toISOString(),
  msg_type: 'execute_request',
  version: '5.3',
});

it('knows all of 66,000 messages again', () => {
  const replays = new Replays();
  const all = [...Array(66_000).keys()];
  expect(all.filter((i) => !replays.isNew(`${i}`, header('a', i)))).toEqual([]);
  expect(all.filter((i) => replays.isNew(`${i}`, header('a', i)))).toEqual([]);
  expect(replays.isNew('new', header('a', 66_000))).toBe(true);
});

it('takes each session by its own clock, and one whose clock stands still', () => {
  const replays = new Replays();
  for (let i = 0; i < 70_000; i++) replays.isNew(`${i}`, header('ahead', 1e9 + i));
  expect(replays.isNew('behind', header('behind', 0))).toBe(true);
  const all = [...Array(70_000).keys()];
  expect(all.filter((i) => !replays.isNew(`still ${i}`, header('still', 0)))).toEqual([]);
  expect(replays.isNew('still 69999', header('still', 0))).toBe(false);
});

it('knows a message without a readable date as long as it is among the latest', () => {
  const replays = new Replays();
  const undated = { ...header('a', 0), date: 'soon' };
  expect(replays.isNew('undated', undated)).toBe(true);
  expect(replays.isNew('undated', undated)).toBe(false);
});
