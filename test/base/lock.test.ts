import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LockedError, lock } from '../../src/base/lock.js';
import { thisProcess } from '../../src/base/owner.js';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lock-'));
  path = join(folder, 'a.lock');
});
afterEach(() => rmSync(folder, { recursive: true }));

const token = '01234567-89ab-cdef-0123-456789abcdef';
const held = (more: object) => writeFileSync(path, JSON.stringify({ ...thisProcess(), token, ...more }));

/** The number of a process that has ended. */
async function endedProcess(): Promise<number> {
  const child = spawn(process.execPath, ['-e', '']);
  await once(child, 'exit');
  return child.pid as number;
}

describe('lock', () => {
  it('is held by one at a time, and says by whom', async () => {
    const giveBack = await lock(path, 'score: out.jsonl');
    expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({ pid: process.pid, host: hostname() });
    const second = lock(path, 'score: out.jsonl');
    await expect(second).rejects.toThrow(LockedError);
    await expect(second).rejects.toThrow(
      `score: out.jsonl is in use by process ${process.pid} on ${hostname()}, which began at 20`,
    );
    await giveBack();
    expect(readdirSync(folder)).toEqual([]);
    await (await lock(path, 'x'))();
  });

  it('goes to one of many at once', async () => {
    for (const before of [() => {}, () => held({ pid: 2 ** 30 })]) {
      before();
      const all = await Promise.allSettled(Array.from({ length: 20 }, () => lock(path, 'x')));
      const taken = all.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
      expect(taken).toHaveLength(1);
      await taken[0]();
      expect(readdirSync(folder)).toEqual([]);
    }
  });

  it('takes away what was left beside it by processes that were killed while they took it', async () => {
    const dead = JSON.stringify({ ...thisProcess(), token, pid: await endedProcess() });
    writeFileSync(`${path}.${token}`, dead);
    writeFileSync(`${path}.${token}.${token}`, dead);
    const kept = [
      `a.lock.${token.replace('0', '1')}`,
      `a.lock.${token.replace('0', '2')}`,
      `b.lock.${token}`,
    ];
    writeFileSync(join(folder, kept[0]), JSON.stringify({ ...thisProcess(), token })); // of a process that runs
    writeFileSync(join(folder, kept[1]), ''); // just begun
    writeFileSync(join(folder, kept[2]), dead); // of another lock
    const old = `${path}.${token.replace('0', '3')}`;
    writeFileSync(old, '');
    utimesSync(old, 1, 1);
    await (await lock(path, 'x'))();
    expect(readdirSync(folder).sort()).toEqual(kept.sort());
  });

  it('is taken over from a process that has ended, or whose number another one has', async () => {
    for (const owner of [{ pid: await endedProcess() }, { start: 'of an earlier one' }]) {
      held(owner);
      const giveBack = await lock(path, 'x');
      expect(JSON.parse(readFileSync(path, 'utf8')).token).not.toBe(token);
      await giveBack();
      expect(readdirSync(folder)).toEqual([]);
    }
  });

  it('is taken over where one that was taking it over was killed', async () => {
    const pid = await endedProcess();
    held({ pid });
    const other = token.replace('0', '1');
    writeFileSync(`${path}.${token}`, JSON.stringify({ ...thisProcess(), pid, token: other }));
    await (await lock(path, 'x'))();
    expect(readdirSync(folder)).toEqual([]);
  });

  it('is not taken from another host, nor from what cannot be read', async () => {
    held({ host: 'elsewhere', pid: 1 });
    await expect(lock(path, 'x')).rejects.toThrow('x is in use by process 1 on elsewhere');
    writeFileSync(path, '{');
    await expect(lock(path, 'x')).rejects.toThrow(/does not say by whom; delete .*a\.lock/);
    expect(readdirSync(folder)).toEqual(['a.lock']);
  });

  it('is left alone by who lost it', async () => {
    const giveBack = await lock(path, 'x');
    held({ host: 'elsewhere' });
    await giveBack();
    expect(readdirSync(folder)).toEqual(['a.lock']);
  });
});
