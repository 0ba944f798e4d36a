import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Client, printed } from '../../support/kernelClient.js';

let client: Client;
beforeAll(async () => {
  client = await Client.start();
  await client.execute(
    "import { execSync, spawn, spawnSync } from 'node:child_process'; import fs from 'node:fs'",
  );
});
afterAll(() => client.stop());

describe('output that does not come from JavaScript', () => {
  it.each([
    ['of a child that inherits', 'execSync("echo out; echo err >&2", { stdio: "inherit" }); 0'],
    [
      'of a child that is awaited',
      'await new Promise((done) => spawn("sh", ["-c", "echo out; echo err >&2"], { stdio: "inherit" }).on("close", done))',
    ],
    ['of writes to the descriptors', 'fs.writeSync(1, "out\\n"); fs.writeSync(2, "err\\n")'],
  ])('%s belongs to the cell', async (_, code) => {
    const outcome = await client.execute(code);
    expect(printed(outcome)).toBe('out\n');
    expect(printed(outcome, 'stderr')).toBe('err\n');
    // All of it before the cell is said to have ended.
    expect(outcome.published.at(-1)?.content.execution_state).toBe('idle');
  });

  it('is not shown where native code only informs', async () => {
    const line = (severity: string) => `${severity}0000 00:00:1795444270.007672   32568 port.cc:153] said\n`;
    const outcome = await client.execute(`fs.writeSync(2, ${JSON.stringify(line('I') + line('E'))}); 0`);
    expect(printed(outcome, 'stderr')).toBe(line('E'));
  });

  it('is complete, however much it is, while the cell waits for the child', async () => {
    const outcome = await client.execute('execSync("seq 200000", { stdio: "inherit" }); 0');
    expect(printed(outcome)).toBe(Array.from({ length: 200_000 }, (_, i) => `${i + 1}\n`).join(''));
  });

  it('comes before what is printed after it in another cell', async () => {
    const first = await client.execute('spawnSync("echo", ["first"], { stdio: "inherit" }); 0');
    const second = await client.execute('console.log("second")');
    expect([printed(first), printed(second)]).toEqual(['first\n', 'second\n']);
  });

  it('keeps characters that come in pieces', async () => {
    const outcome = await client.execute(
      'const bytes = Buffer.from("ä😀"); for (const byte of bytes) { fs.writeSync(1, Buffer.of(byte)) }',
    );
    expect(printed(outcome)).toBe('ä😀');
  });
});
