import { existsSync, readFileSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { command } from '../../src/audit/commandScorer.js';
import type { AuditedClip } from '../../src/audit/scorer.js';
import { temporaryFolder } from '../support/videoFixtures.js';

const folder = temporaryFolder();
const clips = ['a', 'b', 'c'].map(
  (id): AuditedClip => ({
    id,
    path: `/clips/${id}.mp4`,
    prompt: `a "${id}"\n`,
    of: id,
    family: 'control',
    level: 0,
  }),
);

/** A command line that runs a script of Node, which has the lines of its input. */
async function script(name: string, body: string): Promise<string> {
  const file = join(folder, `${name}.mjs`);
  await writeFile(
    file,
    `import { readFileSync } from 'node:fs';\nconst lines = readFileSync(0, 'utf8').trim().split('\\n').map(JSON.parse);\n${body}`,
  );
  return `"${process.execPath}" "${file}"`;
}

describe('command', () => {
  it('gives a line of JSON for each clip, and takes a line for each', async () => {
    const line = await script(
      'answers',
      `console.error('loading');
      console.log(JSON.stringify(lines[0].prompt.length));
      console.log('{"score": -1.5}\\n');
      console.log('{"error": "too dark: ' + lines[2].path + '"}');`,
    );
    const done: number[] = [];
    const scorer = command(line);
    expect(scorer.name).toBe(line);
    expect(await scorer.score(clips, { onScored: (count) => done.push(count) })).toEqual([
      { score: 6 },
      { score: -1.5 },
      { reason: 'too dark: /clips/c.mp4' },
    ]);
    expect(done).toEqual([1, 1, 1]);
  });

  it('takes what Python prints of no number for no score', async () => {
    const line = await script('nan', `console.log('nan\\nNaN\\n-inf');`);
    const found = await command(line).score(clips, {});
    expect(found.every((one) => 'reason' in one && one.reason.startsWith('its score is'))).toBe(true);
  });

  it('refuses too few answers, with what the command said', async () => {
    const line = await script('few', `console.log(1); console.error('out of memory'); process.exitCode = 3;`);
    await expect(command(line).score(clips, {})).rejects.toThrow(
      /it ended with exit code 3 after 1 answers for 3 clips; it said: out of memory$/,
    );
    const quiet = await script('quiet', `console.log(1);`);
    await expect(command(quiet).score(clips, {})).rejects.toThrow('exit code 0 after 1 answers for 3 clips');
  });

  it('refuses too many answers, what is not an answer, and a command that is none', async () => {
    const many = await script('many', `for (let i = 0; i < 4; i++) console.log(i);`);
    await expect(command(many).score(clips, {})).rejects.toThrow('it answers more than 3 lines');
    const words = await script('words', `console.log('Loading weights…');`);
    await expect(command(words).score(clips, {})).rejects.toThrow('received the line Loading weights…');
    await expect(command('no-such-program-here').score(clips, {})).rejects.toThrow(
      /exit code 127 after 0 answers/,
    );
    expect(() => command(' ')).toThrow('expected a command line');
    expect(() => command('x', { seconds: -1 })).toThrow('expected seconds above 0');
  });

  it('ends a command that says nothing, with all that it has started', async () => {
    const file = join(folder, 'pid');
    const line = `sh -c 'sleep 1000 & echo $! > "${file}"; wait'`;
    await expect(command(line, { seconds: 2 }).score(clips, {})).rejects.toThrow(
      'no answer for 2 s after 0 of 3 clips; give it more by "seconds"',
    );
    const pid = Number(await readFile(file, 'utf8'));
    await expect.poll(() => isThere(pid), { timeout: 60_000 }).toBe(false);
  });

  it('is ended by the signal', async () => {
    const file = join(folder, 'started');
    const stop = new AbortController();
    const scoring = command(`touch "${file}"; sleep 1000`).score(clips, { signal: stop.signal });
    await expect.poll(() => existsSync(file), { timeout: 60_000 }).toBe(true);
    stop.abort(new Error('enough'));
    await expect(scoring).rejects.toThrow('enough');
  });
});

/** Whether a process is there; one that has ended and that nobody has asked after is not. */
function isThere(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}
