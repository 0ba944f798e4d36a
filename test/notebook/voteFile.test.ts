import { fork } from 'node:child_process';
import {
  appendFileSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { VoteLogEvent } from '../../src/data/votes/voteLog.js';
import { readVotes } from '../../src/data/votes/votes.js';
import { VoteFile } from '../../src/notebook/voteFile.js';

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vote-file-'));
  file = join(folder, 'votes.jsonl');
});
afterEach(() => rmSync(folder, { recursive: true }));

const vote = (id: string, clip = 'a'): VoteLogEvent => ({
  ...{ event: 'vote', id, clip, annotator: 'Zoë', dimension: 'physics', pass: true },
});
const line = (id: string) => `${JSON.stringify(vote(id))}\n`;
const ids = (votes: VoteFile) => votes.events.map(({ id }) => id);

describe('VoteFile', () => {
  it('appends one line for each event, and reads them when it is opened again', () => {
    const votes = new VoteFile(file);
    votes.append([vote('1')]);
    expect(readFileSync(file, 'utf8')).toBe(line('1'));
    votes.append([vote('2'), vote('3')]);
    expect(readFileSync(file, 'utf8')).toBe(line('1') + line('2') + line('3'));
    expect(ids(votes)).toEqual(['1', '2', '3']);
    expect(ids(new VoteFile(file))).toEqual(['1', '2', '3']);
  });

  it('writes an event once that comes again, here or in another process', () => {
    const first = new VoteFile(file);
    const second = new VoteFile(file);
    first.append([vote('1')]);
    first.append([vote('1')]);
    second.append([vote('1'), vote('2')]);
    first.refresh();
    expect(ids(first)).toEqual(['1', '2']);
    expect(readFileSync(file, 'utf8')).toBe(line('1') + line('2'));
  });

  it('loses of a write that was killed at any byte that line only, and says so', async () => {
    const whole = Buffer.from(line('2'));
    const cuts = [1, 40, whole.indexOf(0xc3) + 1, whole.length - 2, whole.length - 1]; // one inside of the ë
    for (const cut of cuts) {
      writeFileSync(file, Buffer.concat([Buffer.from(line('1')), whole.subarray(0, cut)]));
      const reopened = new VoteFile(file);
      const complete = cut === whole.length - 1; // the line end alone is missing
      expect(ids(reopened)).toEqual(complete ? ['1', '2'] : ['1']);
      expect(reopened.repairs).toHaveLength(complete ? 0 : 1);
      reopened.append([vote('3', 'b')]);
      expect(ids(new VoteFile(file))).toEqual(complete ? ['1', '2', '3'] : ['1', '3']);
      expect((await readVotes(file)).numRows()).toBe(2);
    }
    writeFileSync(file, `${line('1')}{"event":"vo`);
    expect(new VoteFile(file).repairs).toEqual([
      'The last line of votes.jsonl (line 2) was cut off and is removed: {"event":"vo',
    ]);
  });

  it('repairs what another process left while this one has the file open', () => {
    const votes = new VoteFile(file);
    votes.append([vote('1')]);
    appendFileSync(file, '{"event":"vote","id":"half');
    votes.append([vote('2')]);
    expect(ids(new VoteFile(file))).toEqual(['1', '2']);
    expect(votes.repairs).toHaveLength(1);
  });

  it('keeps every line of two processes that append at once', async () => {
    const script = join(folder, 'append.mjs');
    writeFileSync(
      script,
      `import { openSync, writeSync } from 'node:fs';
       for (let i = 0; i < 200; i++) {
         const event = { event: 'vote', id: 'other-' + i, clip: 'c'.repeat(3000), annotator: 'Ben', dimension: 'd', pass: true };
         writeSync(openSync(process.argv[2], 'a'), JSON.stringify(event) + '\\n');
       }`,
    );
    const votes = new VoteFile(file);
    const other = fork(script, [file]);
    const exited = new Promise((done) => other.once('exit', done));
    for (let i = 0; i < 30; i++) {
      votes.append([vote(`mine-${i}`)]);
      await new Promise((done) => setTimeout(done, 2));
    }
    expect(await exited).toBe(0);
    votes.refresh();
    expect(votes.events).toHaveLength(230);
    expect(votes.repairs).toEqual([]);
  });

  it.each([
    ['no JSON', `${line('1')}{"event"\n${line('2')}`, 'votes.jsonl line 2 is not valid JSON'],
    ['a broken line after a blank one', `${line('1')}\n   \n[]\n`, 'line 4: expected an object, received []'],
    [
      'another kind of file',
      '{"clip":"a"}\n',
      'line 1, column "event": expected vote, skip or retract, received nothing',
    ],
  ])('refuses a malformed file and leaves it as it is: %s', (_, text, message) => {
    writeFileSync(file, text);
    expect(() => new VoteFile(file)).toThrow(message);
    expect(readFileSync(file, 'utf8')).toBe(text);
  });

  it('refuses a file that cannot be written', () => {
    expect(() => new VoteFile(folder)).toThrow(/cannot be read and written: EISDIR.*give another file/);
    expect(() => new VoteFile(join(folder, 'absent', 'votes.jsonl'))).toThrow(/ENOENT.*give another file/);
  });

  it.skipIf(process.platform !== 'linux')('says when the disk is full, and counts nothing', () => {
    const votes = new VoteFile('/dev/full');
    expect(() => votes.append([vote('1')])).toThrow('ENOSPC');
    expect(votes.events).toEqual([]);
  });

  it('says when the file is moved, replaced or cut while it is open', () => {
    const votes = new VoteFile(file);
    votes.append([vote('1')]);
    const refused = 'was replaced or cut while it was in use';
    renameSync(file, `${file}.old`);
    expect(() => votes.append([vote('2')])).toThrow('ENOENT');
    writeFileSync(file, line('1'));
    expect(() => votes.append([vote('2')])).toThrow(refused);
    expect(readFileSync(file, 'utf8')).toBe(line('1'));
    renameSync(`${file}.old`, file);
    truncateSync(file, 3);
    expect(() => votes.append([vote('2')])).toThrow(refused);
  });
});
