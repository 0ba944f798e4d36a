// Two processes that do the same in turn, so that what disturbs the machine disturbs both.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout } from 'node:timers/promises';

/** Between turns: threads of OpenMP go on looking for work for up to 10 ms, each on a core that is the other side's by then. */
const restMilliseconds = 15;

/**
 * What a side says of an action.
 * @typedef {{ milliseconds: number, values: number[], peakMiB?: number }} Answer
 */

/** A process that prepares itself and then answers line by line. */
export class Side {
  /** @param {string[]} argv program and arguments. @param {string} cwd */
  constructor([program, ...args], cwd) {
    this.name = args.find((arg) => /\.(mjs|py)$/.test(arg)) ?? program;
    this.process = spawn(program, args, { cwd, stdio: ['pipe', 'pipe', 'pipe'] });
    this.errors = '';
    this.process.stderr.on('data', (text) => {
      this.errors = (this.errors + text).slice(-4000);
    });
    this.process.on('error', (error) => {
      this.errors += error.message;
    });
    this.lines = createInterface({ input: this.process.stdout })[Symbol.asyncIterator]();
  }

  /** The next line of JSON. @throws with the end of what the process has printed when there is none. */
  async line() {
    for (;;) {
      const { value, done } = await this.lines.next();
      if (done) throw new Error(`${this.name} ended before it answered:\n${this.errors}`);
      if (value.startsWith('{')) return JSON.parse(value);
    }
  }

  /** @param {string} action @returns {Promise<Answer>} */
  async ask(action) {
    this.process.stdin.write(`${action}\n`);
    return this.line();
  }

  async end() {
    if (this.process.exitCode !== null || this.process.signalCode !== null) return;
    const exited = once(this.process, 'exit');
    this.process.stdin.end();
    globalThis.setTimeout(() => this.process.kill('SIGKILL'), 5_000).unref();
    await exited;
  }
}

/**
 * Lets two sides do actions in turn: ours, the peer's, ours …, after a first round that does not count.
 * @param {Side} ours @param {Side | undefined} peer @param {string[]} actions @param {Set<string>} alone of ours only.
 * @param {number} rounds
 * @returns {Promise<Record<string, { ours: Answer[], peer: Answer[] }>>} all rounds, the first one too.
 */
export async function inTurn(ours, peer, actions, alone, rounds) {
  /** @type {Record<string, { ours: Answer[], peer: Answer[] }>} */
  const answers = Object.fromEntries(actions.map((action) => [action, { ours: [], peer: [] }]));
  for (let round = 0; round <= rounds; round++) {
    for (const action of actions) {
      answers[action].ours.push(await ours.ask(action));
      await setTimeout(restMilliseconds);
      if (peer && !alone.has(action)) {
        answers[action].peer.push(await peer.ask(action));
        await setTimeout(restMilliseconds);
      }
    }
  }
  return answers;
}

/**
 * The largest difference of what the two sides gave, relative to the largest of the peer's values.
 * @param {Answer[]} ours @param {Answer[]} peer
 */
export function difference(ours, peer) {
  let worst = 0;
  peer.forEach(({ values }, round) => {
    const own = ours[round].values;
    if (own.length !== values.length) worst = Number.POSITIVE_INFINITY;
    const scale = Math.max(...values.map(Math.abs), Number.MIN_VALUE);
    values.forEach((value, i) => {
      const apart = Math.abs(own[i] - value) / scale;
      worst = apart <= worst ? worst : Number.isNaN(apart) ? Number.POSITIVE_INFINITY : apart;
    });
  });
  return worst;
}
