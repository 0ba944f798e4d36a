import { readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { FrameCache } from '../../../src/data/video/frameCache.js';
import { temporaryFolder } from '../../support/videoFixtures.js';

const root = temporaryFolder();
let folder: string;
let made: number;
let test = 0;

beforeEach(() => {
  folder = join(root, `cache-${test++}`);
  made = 0;
});

const make = async () => {
  made++;
  return Uint8Array.of(1, 2, 3);
};

/** Files of the cache's folder, remembered hashes apart. */
const entries = () =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((file) => statSync(file).isFile() && !file.endsWith('hashes.txt'));

describe('FrameCache.get', () => {
  it('makes an entry once, also for a later process', async () => {
    const key = { content: 'a', segments: 8 };
    for (const cache of [new FrameCache(folder), new FrameCache(folder)]) {
      expect([...(await cache.get(key, make))]).toEqual([1, 2, 3]);
      expect([...(await cache.get({ segments: 8, content: 'a' }, make))]).toEqual([1, 2, 3]);
    }
    expect(made).toBe(1);
    expect(entries()).toHaveLength(1);
  });

  it('keeps other keys apart', async () => {
    const cache = new FrameCache(folder);
    await cache.get({ content: 'a', tiles: { size: 56 } }, make);
    await cache.get({ content: 'b', tiles: { size: 56 } }, make);
    await cache.get({ content: 'a', tiles: { size: 112 } }, make);
    expect(made).toBe(3);
  });

  it.each([
    ['cut off', (bytes: Buffer) => bytes.subarray(0, -1)],
    ['with a changed byte', (bytes: Buffer) => Buffer.concat([bytes.subarray(0, -1), Buffer.of(9)])],
    ['empty', () => Buffer.alloc(0)],
  ])('makes an entry again that is %s', async (_, damage) => {
    const cache = new FrameCache(folder);
    await cache.get({ content: 'a' }, make);
    const [file] = entries();
    writeFileSync(file, damage(readFileSync(file)));
    expect([...(await cache.get({ content: 'a' }, make))]).toEqual([1, 2, 3]);
    expect(made).toBe(2);
    await cache.get({ content: 'a' }, make);
    expect(made).toBe(2);
  });

  it('keeps nothing when making fails', async () => {
    const cache = new FrameCache(folder);
    const failing = cache.get({ content: 'a' }, () => Promise.reject(new Error('no frames')));
    await expect(failing).rejects.toThrow('no frames');
    await cache.get({ content: 'a' }, make);
    expect(made).toBe(1);
    expect(entries()).toHaveLength(1);
  });

  it('keeps an empty result', async () => {
    const cache = new FrameCache(folder);
    const empty = async () => {
      made++;
      return new Uint8Array(0);
    };
    await cache.get({ content: 'a' }, empty);
    expect(await cache.get({ content: 'a' }, empty)).toHaveLength(0);
    expect(made).toBe(1);
  });
});

describe('FrameCache.contentHash', () => {
  const file = join(root, 'file "with" odd name.bin');
  const ofAbc = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';

  it('is the SHA-256 of the content', async () => {
    writeFileSync(file, 'abc');
    expect(await new FrameCache(folder).contentHash(file)).toBe(ofAbc);
  });

  it('is remembered as long as size and time stay, also by a later process', async () => {
    writeFileSync(file, 'abc');
    utimesSync(file, 1000, 1000);
    await new FrameCache(folder).contentHash(file);
    writeFileSync(file, 'xyz');
    utimesSync(file, 1000, 1000);
    expect(await new FrameCache(folder).contentHash(file)).toBe(ofAbc);
    utimesSync(file, 1000, 1001);
    expect(await new FrameCache(folder).contentHash(file)).not.toBe(ofAbc);
  });

  it('survives a line that was not finished', async () => {
    writeFileSync(file, 'abc');
    await new FrameCache(folder).contentHash(file);
    writeFileSync(join(folder, 'hashes.txt'), `${ofAbc.slice(1)} ["${file}"`);
    expect(await new FrameCache(folder).contentHash(file)).toBe(ofAbc);
  });

  it('fails for a file that is not there', async () => {
    await expect(new FrameCache(folder).contentHash(join(root, 'missing'))).rejects.toThrow('ENOENT');
  });
});
