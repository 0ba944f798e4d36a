import { spawn } from 'node:child_process';
import { createHmac, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Dealer, Subscriber } from 'zeromq';
import { inClone } from '../setup/environment.mjs';

/**
 * What the kernel holds after so many cells.
 * @typedef {{ cells: number, milliseconds: number, megabytes: number, descriptors: number, temporaryFiles: number }} Held
 */

/**
 * Runs cells that differ in one kernel, as people write them: each declares a variable, prints, uses earlier ones, and now
 * and then fails, imports, or draws a display. Linux only: it reads /proc.
 * @param {{ cells?: number, told?: (held: Held) => void }} [options] `told` is given each row as soon as it is there
 * @returns {Promise<Held[]>} ten rows, each with the median time of the ten latest cells
 * @throws {Error} where the kernel ends or a cell does not do what it should
 */
export async function soakCells({ cells = 10_000, told = () => {} } = {}) {
  const kernel = await Kernel.start();
  /** @type {Held[]} */
  const rows = [];
  /** @type {number[]} */
  const times = [];
  try {
    for (let i = 1; i <= cells; i++) {
      const start = performance.now();
      const status = await kernel.run(cell(i));
      times.push(performance.now() - start);
      const expected = fails(i) ? 'error' : 'ok';
      if (status !== expected)
        throw new Error(`soak: cell ${i} ended with "${status}", expected "${expected}": ${cell(i)}`);
      if (i % Math.ceil(cells / 10) !== 0) continue;
      const latest = times.slice(-10).sort((a, b) => a - b);
      const row = { cells: i, milliseconds: latest[latest.length >> 1], ...kernel.held() };
      rows.push(row);
      told(row);
    }
    return rows;
  } finally {
    await kernel.stop();
  }
}

/** @param {number} i */
const fails = (i) => i % 10 === 9;

/** @param {number} i */
function cell(i) {
  switch (i % 10) {
    case 3:
      return `interface Row${i} { n: number }\nconst row${i}: Row${i} = { n: ${i} }; row${i}`;
    case 4:
      return `console.log('line', ${i}, row${i - 1}.n); await Promise.resolve(${i})`;
    case 5:
      return `import { basename as name${i} } from 'node:path'; name${i}('/a/${i}')`;
    case 6:
      return `function double${i}(x: number) { return 2 * x }\nlet sum${i} = 0; for (let k = 0; k < 100; k++) sum${i} += double${i}(k);`;
    case 7:
      return `setTimeout(() => console.log(${i}), 1); ({ [Symbol.for('Jupyter.display')]: () => ({ 'text/html': '<b>${i}</b>' }) })`;
    case 9:
      return i % 20 === 9 ? `throw new Error('${i}')` : `const wrong${i}: string = ${i};`;
    default:
      return `const v${i} = ${i} * 2; v${i}`;
  }
}

/** A kernel, and a client that only runs cells. */
class Kernel {
  #folder = mkdtempSync(join(tmpdir(), 'soak-cells-'));
  #temporary = mkdtempSync(join(this.#folder, 'temporary-'));
  #key = randomUUID();
  #session = randomUUID();
  #shell = new Dealer({ linger: 0 });
  #iopub = new Subscriber({ linger: 0, receiveHighWaterMark: 0 });
  #process = spawn(process.execPath, [inClone('dist', 'kernel', 'process', 'main.js'), this.#connect()], {
    cwd: this.#folder,
    env: { ...process.env, TMPDIR: this.#temporary },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  #ended = once(this.#process, 'exit').then(([code, signal]) => {
    throw new Error(`soak: the kernel has ended (${code ?? signal})`);
  });

  static async start() {
    const kernel = new Kernel();
    await kernel.run('1');
    return kernel;
  }

  /** @returns the path of the connection file */
  #connect() {
    const ip = join(this.#folder, 'socket');
    const ports = { shell_port: 1, iopub_port: 2, stdin_port: 3, control_port: 4, hb_port: 5 };
    const connection = { transport: 'ipc', ip, ...ports, signature_scheme: 'hmac-sha256', key: this.#key };
    const file = join(this.#folder, 'connection.json');
    writeFileSync(file, JSON.stringify(connection));
    this.#shell.connect(`ipc://${ip}-1`);
    this.#iopub.connect(`ipc://${ip}-2`);
    this.#iopub.subscribe();
    void this.#drain();
    return file;
  }

  async #drain() {
    for await (const _ of this.#iopub);
  }

  /**
   * @param {string} code
   * @returns {Promise<string>} how it ended: ok or error
   */
  async run(code) {
    const date = new Date().toISOString();
    const about = { msg_id: randomUUID(), session: this.#session, username: 'soak', date, version: '5.3' };
    const content = { code, silent: false, store_history: true, stop_on_error: false };
    const parts = [{ ...about, msg_type: 'execute_request' }, {}, {}, content].map((part) =>
      JSON.stringify(part),
    );
    const signature = createHmac('sha256', this.#key).update(parts.join('')).digest('hex');
    await this.#shell.send(['<IDS|MSG>', signature, ...parts]);
    const frames = await Promise.race([this.#shell.receive(), this.#ended]);
    return JSON.parse(String(frames.at(-1))).status;
  }

  /** Memory, open files and temporary files of the process. */
  held() {
    const folder = `/proc/${this.#process.pid}`;
    const [, kilobytes] = /VmRSS:\s+(\d+)/.exec(readFileSync(`${folder}/status`, 'utf8')) ?? [];
    return {
      megabytes: Math.round(Number(kilobytes) / 1024),
      descriptors: readdirSync(`${folder}/fd`).length,
      temporaryFiles: readdirSync(this.#temporary).length,
    };
  }

  async stop() {
    this.#process.kill('SIGKILL');
    await this.#ended.catch(() => {});
    for (const socket of [this.#shell, this.#iopub]) socket.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
