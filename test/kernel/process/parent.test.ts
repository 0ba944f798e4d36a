import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { built } from '../../support/kernelClient.js';

let folder: string;
let kernel = 0;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'solireward-parent-'));
});
afterEach(() => {
  if (lives()) process.kill(kernel, 'SIGKILL');
  rmSync(folder, { recursive: true });
});

/** Whether the kernel is there and no zombie. */
function lives(): boolean {
  const status = `/proc/${kernel}/stat`;
  return existsSync(status) && !readFileSync(status, 'utf8').includes(') Z');
}

/** Starts a kernel by another program, which tells its child whose it is, and kills that program. */
async function orphan(parent: 'itself' | 'nobody'): Promise<void> {
  const file = join(folder, 'connection.json');
  const ports = { shell_port: 1, iopub_port: 2, stdin_port: 3, control_port: 4, hb_port: 5 };
  const ip = join(folder, 'socket');
  const scheme = { transport: 'ipc', ip, key: randomUUID(), signature_scheme: 'hmac-sha256' };
  writeFileSync(file, JSON.stringify({ ...scheme, ...ports }));
  const [program, ...rest] = [...built.argv, file];
  const starter = spawn(process.execPath, [
    '-e',
    `const { spawn } = require('node:child_process');
     const env = { ...process.env, ${parent === 'itself' ? 'JPY_PARENT_PID: String(process.pid)' : ''} };
     const child = spawn(${JSON.stringify(program)}, ${JSON.stringify(rest)}, { stdio: 'ignore', env });
     console.log(child.pid);
     setInterval(() => {}, 1000);`,
  ]);
  kernel = Number(String((await once(starter.stdout, 'data'))[0]));
  await vi.waitUntil(() => existsSync(`${ip}-4`), { timeout: 100_000 });
  await sleep(500);
  expect(lives()).toBe(true);
  starter.kill('SIGKILL');
  await once(starter, 'exit');
}

describe.skipIf(process.platform !== 'linux')('a kernel whose starter was killed', () => {
  it('ends', async () => {
    await orphan('itself');
    await vi.waitUntil(() => !lives(), { timeout: 100_000 });
  });

  it('stays where it was not told whose it is', async () => {
    await orphan('nobody');
    await sleep(2500);
    expect(lives()).toBe(true);
  });
});
