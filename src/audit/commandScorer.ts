import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { createInterface } from 'node:readline';
import { parseJson } from '../base/json.js';
import { answerOf, excerpt } from './answers.js';
import type { AuditedClip, ScoreCall, Scored, Scorer } from './scorer.js';
import { checkSeconds, ScorerError } from './scorerError.js';

/** Characters of what a command says on stderr that an error quotes, from its end. */
const quoted = 1000;

/**
 * A command as a scorer. It is started once for all clips and is given a line of JSON for each on its input,
 * `{"id", "path", "prompt"}`; it answers a line for each, in their order: a number, `{"score": 1.5}` or `{"error": "why"}`.
 * @param line for the system's shell
 * @param options `seconds` that may pass without an answer. Default 600.
 */
export function command(line: string, { seconds = 600 }: { seconds?: number } = {}): Scorer {
  if (line.trim() === '') throw new RangeError('command: expected a command line, received none');
  checkSeconds('command', seconds);
  return { name: line, score: (clips, call) => ask(line, clips, seconds, call) };
}

function ask(
  line: string,
  clips: readonly AuditedClip[],
  seconds: number,
  { signal, onScored }: ScoreCall,
): Promise<Scored[]> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    // A group of its own, so that what the shell has started ends with it.
    const child = spawn(line, {
      shell: true,
      detached: process.platform !== 'win32',
      windowsHide: true,
      stdio: 'pipe',
    });
    const outcomes: Scored[] = [];
    let said = '';
    let timer: NodeJS.Timeout | undefined;
    let settled = false;
    const settle = (act: () => void) => {
      if (settled) return;
      settled = true;
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
      process.removeListener('exit', endAll);
      endAll();
      act();
    };
    const endAll = () => killGroup(child);
    const fail = (reason: string) =>
      settle(() => reject(new ScorerError(`${line}: ${reason}${quote(said)}`)));
    const abort = () => settle(() => reject(signal?.reason));
    const wait = () => {
      clearTimeout(timer);
      timer = setTimeout(() => {
        fail(
          `no answer for ${seconds} s after ${outcomes.length} of ${clips.length} clips; give it more by "seconds"`,
        );
      }, seconds * 1000);
    };
    signal?.addEventListener('abort', abort, { once: true });
    process.once('exit', endAll);
    wait();

    child.on('error', (error) => fail(`it cannot be started: ${error.message}`));
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said = (said + text).slice(-quoted);
    });
    const lines = createInterface({ input: child.stdout });
    lines.on('line', (text) => {
      if (settled || text.trim() === '') return;
      const answer = parsed(text);
      if (answer === undefined)
        return fail(`expected a number or an object, received the line ${excerpt(text)}`);
      if (outcomes.length === clips.length) return fail(`it answers more than ${clips.length} lines`);
      outcomes.push(answerOf(answer));
      onScored?.(1);
      wait();
    });
    const ended = (code: number | null, killedBy: NodeJS.Signals | null) => {
      if (outcomes.length === clips.length && code === 0) return settle(() => resolve(outcomes));
      const how = killedBy ? `it was ended by ${killedBy}` : `it ended with exit code ${code}`;
      fail(`${how} after ${outcomes.length} answers for ${clips.length} clips`);
    };
    // Both: the last lines may come after the end, and a child of the command may hold its output open.
    let exit: [number | null, NodeJS.Signals | null] | undefined;
    let closed = false;
    lines.on('close', () => {
      closed = true;
      if (exit) ended(...exit);
    });
    child.on('exit', (code, killedBy) => {
      exit = [code, killedBy];
      if (closed) ended(code, killedBy);
    });
    child.stdin.on('error', () => {}); // one that ends early closes its input; its exit code tells the reason
    for (const { id, path, prompt } of clips) child.stdin.write(`${JSON.stringify({ id, path, prompt })}\n`);
    child.stdin.end();
  });
}

function parsed(text: string): unknown {
  try {
    const value: unknown = parseJson(text);
    return typeof value === 'number' || (typeof value === 'object' && value !== null) ? value : undefined;
  } catch {
    // What Python prints of such numbers.
    return /^[+-]?(nan|inf(inity)?)$/i.test(text.trim())
      ? { error: `its score is ${text.trim()}` }
      : undefined;
  }
}

const quote = (said: string): string => (said.trim() ? `; it said: ${said.trim()}` : '');

function killGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  if (process.platform === 'win32') {
    if (child.exitCode === null)
      spawnSync('taskkill', ['/pid', String(child.pid), '/t', '/f'], { windowsHide: true });
    return;
  }
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // It has ended.
  }
}
