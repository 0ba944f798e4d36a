import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { askCommand } from '../../../src/base/host.js';
import type { AnnotatorAnswer } from '../../../src/notebook/messages.js';
import { Client, printed, result } from '../../support/kernelClient.js';

const folder = mkdtempSync(join(tmpdir(), 'solireward-beside-'));
const file = join(folder, 'votes.jsonl');
let client: Client;
beforeAll(async () => {
  client = await Client.start(fileURLToPath(new URL('../../..', import.meta.url)));
  for (const id of ['a', 'b']) writeFileSync(join(folder, `${id}.mp4`), '');
});
afterAll(async () => {
  await client.stop();
  rmSync(folder, { recursive: true });
});

/** Asks on the control channel, and waits for the answer alone: the state is told when the cell has ended. */
async function ask(target: string, request: object) {
  const content = { type: 'request', seq: 7, command: askCommand, arguments: { target, request } };
  const id = await client.send('debug_request', content, { channel: 'control' });
  const { type, content: answered } = await client.reply(id);
  expect(type).toBe('debug_reply');
  expect(answered).toMatchObject({ type: 'response', request_seq: 7, command: askCommand });
  return { id, ...answered } as {
    id: string;
    success: boolean;
    message?: string;
    body: { answer?: AnnotatorAnswer };
  };
}

/** Shows an annotator in a cell, and gives the name by which it is asked. */
async function annotate(annotators: string[]): Promise<string> {
  const clips = ['a', 'b'].map((id) => ({ id, path: join(folder, `${id}.mp4`) }));
  const options = { dimension: 'physics', criteria: 'as in the world', file, annotators };
  const shown = await client.execute(`
    import { notebook } from 'solireward';
    const annotator = notebook.annotator(${JSON.stringify(clips)}, ${JSON.stringify(options)});
    annotator`);
  const bundle = result(shown) as unknown as Record<string, { target: string }>;
  return bundle['application/vnd.solireward.annotator.v1+json'].target;
}

const vote = (annotator: string, clip: string) => ({
  ...{ id: randomUUID(), annotator, type: 'vote', clip, pass: true, note: '', seconds: 1 },
});

it('takes votes while a cell computes without a break', async () => {
  const target = await annotate(['Ann']);
  const gate = client.gate();
  const cell = await client.send('execute_request', { code: `while (${gate.closed});`, silent: false });
  await client.until(() => client.published(cell).some(({ type }) => type === 'execute_input'));

  const start = await ask(target, { id: randomUUID(), annotator: 'Ann', type: 'start' });
  expect(start.body.answer).toMatchObject({ state: { votes: 0, left: 2 } });
  const { clip } = start.body.answer!.state!;
  const voted = await ask(target, vote('Ann', clip!.id));
  expect(voted).toMatchObject({ success: true, body: { answer: { state: { votes: 1, left: 1 } } } });
  expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ annotator: 'Ann', clip: clip!.id });
  // What is wrong with a request goes back to its sender.
  const stranger = await ask(target, vote('Eve', clip!.id));
  expect(stranger.body.answer?.error).toContain('"Eve" may not vote here');
  const nonsense = await ask(target, { type: 'rm' });
  expect(nonsense.body.answer?.error).toContain('"type" of a message: expected start, vote');
  expect(client.replied(cell)).toBe(false);

  gate.open();
  await client.outcome(cell);
  // Front ends wait for it.
  await client.outcome(voted.id);
  const after = await client.execute('console.log(annotator.votes.numRows())');
  expect(printed(after)).toBe('1\n');
});

it('answers by the options of the cell that has run last', async () => {
  const target = await annotate(['Eve']);
  expect((await ask(target, { id: randomUUID(), annotator: 'Eve', type: 'start' })).success).toBe(true);
  const { body } = await ask(target, { id: randomUUID(), annotator: 'Ann', type: 'start' });
  expect(body.answer?.error).toContain('"Ann" may not vote here; the annotators are Eve');
});

it('tells who asks what nobody answers', async () => {
  const { success, message } = await ask('solireward.annotator.none', {});
  expect(success).toBe(false);
  expect(message).toBe(
    'solireward/ask: nothing in this kernel answers "solireward.annotator.none"; run its cell again',
  );
});

it('gives the reason of a thread that cannot start, and starts again when it can', async () => {
  const target = await annotate(['Ann']);
  renameSync(file, `${file}.kept`);
  mkdirSync(file);
  const start = { id: randomUUID(), annotator: 'Ann', type: 'start' };
  const failed = await ask(target, start);
  expect(failed.success).toBe(false);
  expect(failed.message).toContain('votes.jsonl cannot be read and written');
  rmSync(file, { recursive: true });
  renameSync(`${file}.kept`, file);
  expect((await ask(target, start)).body.answer).toMatchObject({ state: { votes: 1 } });
  expect(existsSync(`${file}.kept`)).toBe(false);
});
