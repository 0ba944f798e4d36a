import { spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../setup/freePort.mjs';

// node starts.mjs COMMAND...: starts a JupyterLab on a free port, waits until it answers, and ends it.
const [program, ...args] = process.argv.slice(2);
const port = await freePort();
// In a group of its own: npm's children end with it.
const child = spawn(program, [...args, `--port=${port}`, '--port-retries=0'], {
  detached: true,
  stdio: 'inherit',
});
const ended = new Promise((resolve) => child.on('exit', resolve).on('error', resolve));
/** @type {string | undefined} */
let why = 'it does not answer within five minutes';
for (let tries = 0; tries < 600 && why; tries++) {
  const answer = await fetch(`http://127.0.0.1:${port}/api`).catch(() => undefined);
  if (answer?.ok) why = undefined;
  else if ((await Promise.race([ended, sleep(500, 'waits')])) !== 'waits') {
    why = 'it has ended';
    break;
  }
}
if (child.exitCode === null && child.pid) process.kill(-child.pid, 'SIGKILL');
if (why) console.error(`${process.argv.slice(2).join(' ')}: ${why}`);
process.exitCode = why ? 1 : 0;
