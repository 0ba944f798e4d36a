import { randomUUID } from 'node:crypto';
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { csvParseRows } from 'd3-dsv';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { jupyterDisplay, type MimeBundle, mime } from '../../src/base/host.js';
import { runFfmpeg } from '../../src/data/video/ffmpeg.js';
import { readVotes } from '../../src/data/votes/votes.js';
import { type Annotator, type AnnotatorOptions, annotator } from '../../src/notebook/annotator.js';
import type { AnnotatorAnswer, AnnotatorData } from '../../src/notebook/messages.js';
import { type FrontEndComm, insideNotebook } from '../support/fakeHost.js';

const notebook = insideNotebook();

let folder: string;
let file: string;
const video = () => join(folder, 'clip.mp4');
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'annotator-'));
  await runFfmpeg([
    ...['-f', 'lavfi', '-i', 'testsrc=size=64x64:rate=8:duration=1'],
    ...['-c:v', 'libx264', '-pix_fmt', 'yuv420p', video()],
  ]);
});
afterAll(() => rmSync(folder, { recursive: true }));
beforeEach(() => {
  file = join(folder, `${randomUUID()}.jsonl`);
});

const evil = '<img src=x onerror="alert(1)">';
const clipsOf = (count: number) =>
  Array.from({ length: count }, (_, i) => ({
    ...{
      id: `c${i + 1}`,
      path: video(),
      prompt: `prompt ${i + 1}`,
      promptId: `p${i + 1}`,
      generator: 'secret-model',
    },
  }));
const options = (more: object = {}) => ({
  ...({
    dimension: 'physics',
    criteria: 'Pass: as in the world. Fail: any fault.',
    file,
  } satisfies AnnotatorOptions),
  ...more,
});
const make = (count: number, more: object = {}) => annotator(clipsOf(count), options(more));
const bundleOf = async (shown: Annotator): Promise<MimeBundle> => shown[jupyterDisplay]();
const linesOf = () =>
  readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => JSON.parse(line));

/** The front end of one annotator. */
class View {
  private constructor(
    readonly comm: FrontEndComm,
    readonly name: string,
  ) {}

  static async open(shown: Annotator, name: string): Promise<View> {
    const { target } = (await bundleOf(shown))[mime.annotator] as AnnotatorData;
    return new View(notebook.connect(target), name);
  }

  async ask(request: Record<string, unknown>): Promise<AnnotatorAnswer> {
    const known = this.comm.received.length;
    this.comm.send({ id: randomUUID(), annotator: this.name, ...request });
    await vi.waitFor(() => expect(this.comm.received.length).toBeGreaterThan(known), 100_000);
    return this.comm.received.at(-1) as unknown as AnnotatorAnswer;
  }

  start = () => this.ask({ type: 'start' });
  undo = () => this.ask({ type: 'undo' });

  /** Judges the clip that is shown. */
  async judge(judgement: object = { type: 'vote', pass: true }): Promise<AnnotatorAnswer> {
    const { state } = await this.start();
    return this.ask({ clip: state?.clip?.id, note: '', seconds: 1.5, ...judgement });
  }
}

describe('annotator', () => {
  it('shows clip after clip, each after its vote is in the file, which readVotes reads', async () => {
    const shown = make(2);
    const ann = await View.open(shown, 'Ann');
    const first = (await ann.start()).state!;
    expect(first).toMatchObject({ votes: 0, skipped: 0, left: 2, agreement: null, repairs: [] });
    expect(first.clip).toMatchObject({ video: { width: 64, height: 64, frames: 8, fps: 8 } });
    const id = randomUUID();
    const vote = { id, type: 'vote', clip: first.clip!.id, pass: false, note: ' it jumps ', seconds: 2.3456 };
    const { state, error } = await ann.ask(vote);
    expect(error).toBeUndefined();
    expect(state).toMatchObject({ votes: 1, left: 1, clip: { id: first.next!.id }, next: null });
    const [line] = linesOf();
    expect(line).toMatchObject({
      ...{ event: 'vote', id, clip: first.clip!.id, annotator: 'Ann', dimension: 'physics', pass: false },
      ...{
        note: 'it jumps',
        seconds: 2.346,
        path: video(),
        prompt: first.clip!.prompt,
        generator: 'secret-model',
      },
    });
    expect(Date.now() - Date.parse(line.timestamp)).toBeLessThan(60_000);
    expect(line.queue).toMatch(/^[\da-f]{12}$/);

    expect((await ann.judge()).state).toMatchObject({ votes: 2, left: 0, clip: null, next: null });
    const votes = await readVotes(file);
    expect(votes.objects()).toEqual(shown.votes.objects());
    expect(votes.columnNames()).toEqual([
      ...['clip', 'annotator', 'dimension', 'pass', 'note', 'path', 'prompt', 'promptId', 'generator'],
    ]);
    expect(shown.progress.objects()).toEqual([{ annotator: 'Ann', votes: 2, skipped: 0, left: 0 }]);
  });

  it('gives each annotator an own order, the same at each start', async () => {
    const orderOf = async (name: string) => {
      file = join(folder, `${randomUUID()}.jsonl`);
      const view = await View.open(make(12), name);
      const order: string[] = [];
      for (let clip = (await view.start()).state!.clip; clip; clip = (await view.judge()).state!.clip) {
        order.push(clip.id);
      }
      return order;
    };
    const ann = await orderOf('Ann');
    expect([...ann].sort()).toEqual(
      clipsOf(12)
        .map(({ id }) => id)
        .sort(),
    );
    expect(await orderOf('Ann')).toEqual(ann);
    expect(await orderOf('Ben')).not.toEqual(ann);
  });

  it('tells annotators neither generators nor what others voted', async () => {
    const shown = make(3);
    const ben = await View.open(shown, 'Ben');
    await ben.judge({ type: 'vote', pass: false, note: 'mine alone' });
    const ann = await View.open(shown, 'Ann');
    await ann.judge();
    expect(JSON.stringify(ann.comm.received)).not.toMatch(/secret-model|Ben|mine alone/);
    expect(JSON.stringify(await bundleOf(shown))).not.toMatch(/secret-model|Ben|prompt 1/);
  });

  it('writes a message once that is sent again, also after a restart', async () => {
    const ann = await View.open(make(2), 'Ann');
    const { clip } = (await ann.start()).state!;
    const vote = { id: randomUUID(), type: 'vote', clip: clip!.id, pass: true, note: '', seconds: 1 };
    await ann.ask(vote);
    expect(await ann.ask(vote)).toMatchObject({ id: vote.id, state: { votes: 1, left: 1 } });
    const again = await View.open(make(2), 'Ann');
    expect(await again.ask(vote)).toMatchObject({ state: { votes: 1, left: 1 } });
    expect(linesOf()).toHaveLength(1);
  });

  it('undoes vote after vote, also those of before a restart, and gives the note back', async () => {
    const before = await View.open(make(3), 'Ann');
    const order = [(await before.start()).state!.clip!.id];
    order.push((await before.judge({ type: 'vote', pass: true, note: 'first' })).state!.clip!.id);
    await before.judge({ type: 'skip' });
    const after = await View.open(make(3), 'Ann');
    expect((await after.start()).state).toMatchObject({ votes: 1, skipped: 1, left: 1 });
    const id = randomUUID();
    for (let sent = 0; sent < 2; sent++) {
      expect((await after.ask({ id, type: 'undo' })).state).toMatchObject({
        ...{ clip: { id: order[1] }, skipped: 0, left: 2, note: '' },
      });
    }
    const second = { id: randomUUID(), type: 'undo' };
    for (let sent = 0; sent < 2; sent++) {
      expect((await after.ask(second)).state).toMatchObject({
        clip: { id: order[0] },
        votes: 0,
        note: 'first',
      });
    }
    expect(await after.undo()).toMatchObject({
      error: 'annotator: there is nothing to undo',
      state: { left: 3 },
    });
    expect(linesOf().map(({ event }) => event)).toEqual(['vote', 'skip', 'retract', 'retract']);
    await expect(readVotes(file)).rejects.toThrow('has no votes');
  });

  it('brings skipped clips back when it is asked to', async () => {
    const shown = make(3);
    const ann = await View.open(shown, 'Ann');
    await ann.judge({ type: 'skip' });
    await ann.judge();
    await ann.judge({ type: 'skip' });
    expect(shown.progress.objects()).toEqual([{ annotator: 'Ann', votes: 1, skipped: 2, left: 0 }]);
    const again = { id: randomUUID(), type: 'revisit' };
    await ann.ask(again);
    expect((await ann.ask(again)).state).toMatchObject({ votes: 1, skipped: 0, left: 2 });
    expect(linesOf()).toHaveLength(5);
  });

  it('shows agreement over the clips that two have judged, when one vote cannot be read from it', async () => {
    const shown = make(12);
    const ann = await View.open(shown, 'Ann');
    const ben = await View.open(shown, 'Ben');
    const failing = new Set(['c1', 'c2', 'c3']);
    const judge = async (view: View, fail: Set<string>) => {
      const { clip } = (await view.start()).state!;
      return (await view.judge({ type: 'vote', pass: !fail.has(clip!.id) })).state!;
    };
    for (let i = 0; i < 12; i++) expect((await judge(ann, failing)).agreement).toBeNull();
    const seen = [];
    for (let i = 0; i < 12; i++) seen.push((await judge(ben, new Set(['c3', 'c4']))).agreement);
    // The file has 13 to 24 votes: it counts ten, twenty, and when Ben is done all.
    expect(seen.slice(0, 7)).toEqual(Array(7).fill(null));
    expect(seen[7]).toMatchObject({ clips: 8 });
    expect(seen[8]).toEqual(seen[7]);
    expect(seen[10]).toEqual(seen[7]);
    // By hand: 24 votes, 5 of them Fail, 3 clips on which both differ: 1 - 23 * 3 / (19 * 5).
    expect(seen[11]).toEqual({ clips: 12, raw: 0.75, alpha: expect.closeTo(1 - 69 / 95, 12) });
  });

  it('says what a kill in the middle of a write has cost, and goes on', async () => {
    const ann = await View.open(make(3), 'Ann');
    const { state } = await ann.judge();
    appendFileSync(file, '{"event":"vote","id":"');
    const again = await View.open(make(3), 'Ann');
    const after = (await again.start()).state!;
    expect(after.clip!.id).toBe(state!.clip!.id);
    expect(after.repairs).toEqual([expect.stringMatching(/^The last line of .* \(line 2\) was cut off/)]);
    expect((await bundleOf(make(3)))['text/plain']).toContain('3 clips to judge on physics');
    expect((await again.judge()).state).toMatchObject({ votes: 2 });
  });

  it('refuses what is not a request, or not its turn, and goes on', async () => {
    const shown = make(2, { annotators: ['Ann', 'Ben'] });
    const ann = await View.open(shown, 'Ann');
    const { clip, next } = (await ann.start()).state!;
    const vote = { type: 'vote', clip: clip!.id, pass: true, note: '', seconds: 1 };
    const refusals: [object, string][] = [
      [{ ...vote, clip: '../../etc/passwd' }, 'the queue has no clip "../../etc/passwd"'],
      [{ ...vote, clip: next!.id }, 'not its turn'],
      [{ ...vote, clip: ['c1'] }, '"clip" of a message: expected the id of a clip, received ["c1"]'],
      [{ ...vote, pass: 'true' }, '"pass" of a message: expected true or false, received "true"'],
      [{ ...vote, note: 'x'.repeat(10_001) }, '"note" of a message'],
      [{ ...vote, seconds: -1 }, '"seconds" of a message'],
      [{ ...vote, seconds: '1' }, '"seconds" of a message'],
      [{ ...vote, id: 'short' }, '"id" of a message: expected a UUID, received "short"'],
      [{ ...vote, id: null }, '"id" of a message'],
      [{ ...vote, annotator: 'Eve' }, '"Eve" may not vote here; the annotators are Ann, Ben'],
      [{ ...vote, annotator: 'Ann\n' }, '"annotator" of a message'],
      [{ ...vote, annotator: { toString: 1 } }, '"annotator" of a message'],
      [
        { type: 'write', path: '/etc/passwd' },
        '"type" of a message: expected start, vote, skip, undo or revisit',
      ],
      [{ type: '__proto__' }, '"type" of a message'],
    ];
    for (const [message, error] of refusals) {
      expect((await ann.ask(message as Record<string, unknown>)).error).toContain(error);
    }
    expect(readFileSync(file, 'utf8')).toBe('');
    expect((await ann.ask(vote)).state).toMatchObject({ votes: 1 });
    expect((await ann.ask(vote)).error).toContain('judged already');
    expect(linesOf()).toHaveLength(1);
  });

  it('does not go on when a vote cannot be written', async () => {
    const ann = await View.open(make(2), 'Ann');
    const { clip } = (await ann.start()).state!;
    renameSync(file, `${file}.away`);
    const vote = { type: 'vote', clip: clip!.id, pass: true, note: '', seconds: 1 };
    expect(await ann.ask(vote)).toMatchObject({ error: expect.stringContaining('ENOENT'), state: { clip } });
    renameSync(`${file}.away`, file);
    expect((await ann.ask(vote)).state).toMatchObject({ votes: 1 });
  });

  it('says when a video is gone, so that it can be skipped', async () => {
    const moved = join(folder, 'moved.mp4');
    writeFileSync(moved, readFileSync(video()));
    const ann = await View.open(annotator([{ id: 'a', path: moved }], options()), 'Ann');
    unlinkSync(moved);
    expect((await ann.start()).state!.clip).toEqual({
      id: 'a',
      failure: expect.stringContaining('cannot be read'),
    });
    expect((await ann.judge({ type: 'skip' })).state).toMatchObject({ skipped: 1, left: 0 });
  });

  it('continues where a view is open and the cell is run again', async () => {
    const ann = await View.open(make(3), 'Ann');
    await ann.judge();
    const other = await View.open(make(3), 'Ben');
    await other.judge();
    await ann.judge();
    expect(linesOf().map(({ annotator }) => annotator)).toEqual(['Ann', 'Ben', 'Ann']);
  });

  it('keeps dimensions apart in one file', async () => {
    const physics = await View.open(make(2), 'Ann');
    await physics.judge();
    const shown = make(2, { dimension: 'deformity' });
    const deformity = await View.open(shown, 'Ann');
    expect((await deformity.start()).state).toMatchObject({ votes: 0, left: 2 });
    await deformity.judge();
    expect(shown.votes.objects()).toMatchObject([{ dimension: 'deformity' }]);
    expect((await deformity.undo()).state).toMatchObject({ votes: 0 });
    expect(shown.votes.numRows()).toBe(0);
    expect((await readVotes(file)).objects()).toMatchObject([{ dimension: 'physics' }]);
  });

  it('writes no cell into a sheet that a spreadsheet would compute', async () => {
    const formulas = ['=HYPERLINK("http://a.example";"b")', '+1', '-1', '@x'];
    const clips = formulas.map((text) => ({ id: text, path: video(), prompt: text }));
    const shown = annotator(clips, options({ dimension: '=d' }));
    const csv = join(folder, `${randomUUID()}.csv`);
    await shown.writeSheet(csv, '@Ann');
    const cells = csvParseRows(readFileSync(csv, 'utf8')).flat();
    expect(cells).toContain("'+1");
    expect(cells.filter((cell) => /^[=+\-@]/.test(cell))).toEqual([]);
    writeFileSync(csv, readFileSync(csv, 'utf8').replaceAll("'=d,,", "'=d,Pass,"));
    const votes = (await readVotes(csv)).objects() as { clip: string; prompt: string }[];
    expect(votes.map(({ clip }) => clip).sort()).toEqual([...formulas].sort());
    for (const vote of votes)
      expect(vote).toMatchObject({ annotator: '@Ann', dimension: '=d', prompt: vote.clip });
  });

  it('falls back to words and a sheet to fill, as text only', async () => {
    const shown = annotator(
      [{ id: evil, path: video(), prompt: evil }],
      options({ dimension: evil, criteria: evil }),
    );
    const bundle = await bundleOf(shown);
    expect(bundle['text/html']).not.toContain('<img');
    expect(bundle['text/plain']).toMatch(/SoliReward extension.*\n.*annotator\.writeSheet\("/);
    const sheets = join(folder, randomUUID());
    mkdirSync(sheets);
    const csv = join(sheets, 'ann.csv');
    await shown.writeSheet(csv, 'Ann');
    const page = readFileSync(join(sheets, 'ann.html'), 'utf8');
    expect(page).not.toContain('<img');
    expect(page).toContain('<video src="../clip.mp4"');
    await expect(readVotes(csv)).rejects.toThrow('row 1, column "pass": expected Pass/Fail');
    writeFileSync(csv, readFileSync(csv, 'utf8').replace(/,,,/, ',Pass,,'));
    expect((await readVotes(csv)).objects()).toMatchObject([{ clip: evil, annotator: 'Ann', pass: true }]);
    await expect(shown.writeSheet(csv, 'Ann')).rejects.toThrow('ann.csv: it is there already');
    await expect(shown.writeSheet(join(sheets, 'ann.txt'), 'Ann')).rejects.toThrow('must be a .csv file');
    await expect(shown.writeSheet(join(sheets, 'b.csv'), ' ')).rejects.toThrow(
      "expected an annotator's name",
    );
  });

  it('is empty before the first vote', () => {
    const shown = make(2);
    expect(shown.votes.columnNames()).toEqual(['clip', 'annotator', 'dimension', 'pass']);
    expect(shown.votes.numRows()).toBe(0);
    expect(shown.progress.numRows()).toBe(0);
    expect(make(2, { annotators: ['Ann'] }).progress.objects()).toEqual([
      { annotator: 'Ann', votes: 0, skipped: 0, left: 2 },
    ]);
  });

  it.each<[string, () => unknown, string]>([
    ['no clips', () => annotator([], options()), 'annotator: there are no clips to judge'],
    ['no array', () => annotator('clips' as never, options()), 'expected an array of clips, received string'],
    [
      'no id',
      () => annotator([{ path: video() } as never], options()),
      'clip 1: expected an id, received undefined',
    ],
    [
      'id with spaces',
      () => annotator([{ id: 'a ', path: video() }], options()),
      'expected an id, received "a "',
    ],
    ['same id', () => annotator([...clipsOf(2), ...clipsOf(1)], options()), 'two clips have the id "c1"'],
    [
      'no file',
      () => annotator([{ id: 'a', path: 'absent.mp4' }], options()),
      'clip "a": there is no file "absent.mp4"',
    ],
    ['folder', () => annotator([{ id: 'a', path: folder }], options()), 'clip "a": there is no file'],
    ['no path', () => annotator([{ id: 'a' } as never], options()), 'clip "a": there is no file undefined'],
    ['dimension', () => make(1, { dimension: '' }), 'dimension must be the name of a dimension, received ""'],
    ['criteria', () => make(1, { criteria: ' ' }), 'criteria must be what passes and what fails, in words'],
    [
      'file',
      () => make(1, { file: 'votes.csv' }),
      'file must be a path that ends in .jsonl or .ndjson, received "votes.csv"',
    ],
    ['no file option', () => make(1, { file: undefined }), 'received nothing'],
    ['folder of the file', () => make(1, { file: join(folder, 'absent', 'v.jsonl') }), 'ENOENT'],
    ['no names', () => make(1, { annotators: [] }), 'annotators must be a list of names'],
    ['name with spaces', () => make(1, { annotators: ['Ann '] }), 'annotators must be a list of names'],
    ['same name', () => make(1, { annotators: ['Ann', 'Ann'] }), 'two annotators have the name "Ann"'],
  ])('refuses bad input: %s', (_, call, message) => {
    expect(call).toThrow(message);
  });

  it('names file and line of what is not a vote log, and a clip that is another one', async () => {
    const ann = await View.open(make(1), 'Ann');
    await ann.judge();
    expect(() => annotator([{ id: 'c1', path: video(), prompt: 'another' }], options())).toThrow(
      /clip "c1" has the prompt "another", and in .*\.jsonl "prompt 1"/,
    );
    const good = readFileSync(file, 'utf8');
    writeFileSync(file, `${good}{"event":\n${good}`);
    expect(() => make(1)).toThrow(/\.jsonl line 2 is not valid JSON.*mend or remove the line/);
  });
});
