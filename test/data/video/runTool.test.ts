import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { runFfmpeg } from '../../../src/data/video/ffmpeg.js';
import { runTool, ToolError, withMemoryLimit } from '../../../src/data/video/runTool.js';
import { videoLimits } from '../../../src/data/video/videoLimits.js';
import { addressOf } from '../../support/built.js';
import { stateOf } from '../../support/tools.js';
import { temporaryFolder } from '../../support/videoFixtures.js';

/** Lets this process be one with so much memory, which decides who starts its tools. */
const hold = (bytes: number) => vi.spyOn(process.memoryUsage, 'rss').mockReturnValue(bytes);
afterEach(() => {
  vi.restoreAllMocks();
});

const folder = temporaryFolder();
const limits = { ...videoLimits };
afterEach(() => {
  Object.assign(videoLimits, limits);
  delete process.env.HF_TOKEN;
});

let count = 0;
/** A program of these shell lines. */
function script(lines: string): string {
  const path = join(folder, `tool-${count++}`);
  writeFileSync(path, `#!/bin/sh\n${lines}\n`);
  chmodSync(path, 0o755);
  return path;
}
const run = { args: [], pipes: [1] };

describe.each([
  ['this process', 100e6],
  ['a small process', 1e9],
])('a tool that is started by %s', (_, bytes) => {
  beforeEach(() => {
    hold(bytes);
  });

  it('gives what is written to the pipes, and the log', async () => {
    const { outputs, log } = await runTool(script('printf one; printf two >&3; echo said >&2'), {
      args: [],
      pipes: [1, 3],
    });
    expect(outputs.map(String)).toEqual(['one', 'two']);
    expect(log).toBe('said\n');
  });

  it('rejects with the log, the status and the signal of a tool that fails', async () => {
    const failure = await runTool(script('echo why >&2; exit 3'), run).catch((error) => error);
    expect(failure).toBeInstanceOf(ToolError);
    expect(failure).toMatchObject({ log: 'why\n', killedBy: null });
    const killed = await runTool(script('kill -SEGV $$'), run).catch((error) => error);
    expect(killed).toMatchObject({ killedBy: 'SIGSEGV' });
    await expect(runTool(join(folder, 'none'), run)).rejects.toThrow();
  });

  it('makes a rejection of what its handlers throw, and ends the tool', async () => {
    const endless = script('while :; do echo line >&2; sleep 0.01; done');
    const onLine = () => {
      throw new Error('thrown by a handler');
    };
    await expect(runTool(endless, { ...run, onLine })).rejects.toThrow('thrown by a handler');
  });

  it('ends a tool that writes more than the limit of memory', async () => {
    videoLimits.memory = 64 << 20;
    await expect(runTool(script('head -c 70000000 /dev/zero'), run)).rejects.toThrow(
      /above the limit of 67,108,864; .* sr\.data\.videoLimits\.memory = \d+/,
    );
  });

  it.runIf(process.platform === 'linux')('limits the memory of the tool itself', async () => {
    videoLimits.memory = 300 << 20;
    const { outputs } = await runTool(script('ulimit -v'), run);
    expect(Number(outputs[0])).toBe(300 << 10);
  });

  it('ends a tool that shows no progress', async () => {
    videoLimits.idleSeconds = 0.5;
    await expect(runTool(script('sleep 1000'), run)).rejects.toThrow(
      /no progress for 1 seconds, .*videoLimits\.idleSeconds/,
    );
    const reports = `while :; do echo "frame=   7 fps=$((i=i+1)) q=0.0 size=1kB time=00:00:01.00 bitrate=$i" >&2; sleep 0.02; done`;
    await expect(runTool(script(reports), run)).rejects.toThrow(/no progress/);
  });

  it('ends a tool that gets on without an end', async () => {
    videoLimits.workSeconds = 1;
    const endless = script('while :; do echo $((i=i+1)) >&2; sleep 0.05; done');
    await expect(runTool(endless, run)).rejects.toThrow(
      /ffmpeg has worked on it for 1 seconds, above the limit of 1; .*videoLimits\.workSeconds/,
    );
  });

  it('lets one go on that is slow but gets on', async () => {
    videoLimits.idleSeconds = 2;
    const step = '"frame=$((i=i+1)) fps=1 time=1 bitrate=1" >&2; sleep 0.1';
    const { outputs } = await runTool(
      script(`while [ "$((i))" -lt 30 ]; do echo ${step}; done; printf done`),
      run,
    );
    expect(String(outputs[0])).toBe('done');
  });

  it('is given its input, of any size, and gives its outputs whole, several at once', async () => {
    const inputs = [0, 1, 1 << 20, 5_000_001].map((length, i) => Buffer.alloc(length, `part ${i} `));
    const twice = script(`own=$(mktemp ${folder}/XXXXXX); cat > $own; cat $own; cat $own >&3`);
    const runs = inputs.map((input) => runTool(twice, { args: [], pipes: [1, 3], input }));
    for (const [i, { outputs }] of (await Promise.all(runs)).entries())
      expect(outputs.map((bytes) => bytes.equals(inputs[i]))).toEqual([true, true]);
    await expect(runTool(script('exit 4'), { ...run, input: Buffer.alloc(9_000_000) })).rejects.toThrow(
      'status 4',
    );
  });

  it('ends by a signal, with what holds its outputs open', async () => {
    const stop = new AbortController();
    const own = join(folder, `pid-${count}`);
    const running = runTool(script(`echo $$ > ${own}.part; mv ${own}.part ${own}; sleep 1000 & wait`), {
      ...run,
      signal: stop.signal,
    });
    await expect.poll(() => existsSync(own), { timeout: 60_000 }).toBe(true);
    stop.abort(new Error('not wanted any more'));
    await expect(running).rejects.toThrow('not wanted any more');
    const pid = Number(readFileSync(own, 'utf8'));
    await expect.poll(() => isThere(pid), { timeout: 60_000 }).toBe(false);
    await expect(runTool('ffmpeg', { ...run, signal: stop.signal })).rejects.toThrow('not wanted any more');
  });
});

describe.runIf(process.platform === 'linux')('the small process', () => {
  beforeEach(() => {
    hold(1e9);
  });
  const parent = script('printf $PPID');
  const starterOf = async () => Number((await runTool(parent, run)).outputs[0]);

  it('starts the tools of a large one, and there is one of it', async () => {
    const [first, second] = [await starterOf(), await starterOf()];
    expect(first).toBe(second);
    expect(first).not.toBe(process.pid);
    const { outputs } = await runTool(script('pwd; printenv'), run);
    expect(String(outputs[0])).toContain(process.cwd());
    hold(100e6);
    expect(await starterOf()).toBe(process.pid);
  });

  it('may be killed: its tools fail with that reason, and another one starts the next', async () => {
    const starter = await starterOf();
    const running = runTool(script('sleep 1000'), run);
    process.kill(starter, 'SIGKILL');
    await expect(running).rejects.toThrow('the process that starts ffmpeg ended: SIGKILL');
    expect(await starterOf()).not.toBe(starter);
  });

  it('stays when Ctrl-C is pressed in the terminal', async () => {
    const starter = await starterOf();
    process.kill(starter, 'SIGINT');
    expect(await starterOf()).toBe(starter);
  });

  it('keeps nobody waiting, and ends with the one that it works for, with its tools', async () => {
    const own = join(folder, 'last');
    const large = `globalThis.memory = Buffer.alloc(300 << 20, 1);
      const { runTool } = await import(${JSON.stringify(addressOf('data/video/runTool.js'))});`;
    const node = (code: string) => spawn(process.execPath, ['--input-type=module', '-e', large + code]);
    const first = node(
      `console.log(String((await runTool('${parent}', { args: [], pipes: [1] })).outputs[0]))`,
    );
    const [said] = (await Promise.all([first.stdout.toArray(), once(first, 'close')])) as [Buffer[], unknown];
    await expect.poll(() => isThere(Number(Buffer.concat(said))), { timeout: 60_000 }).toBe(false);

    const endless = script(`echo $$ $PPID > ${own}.part; mv ${own}.part ${own}; exec sleep 1000`);
    const killed = node(`await runTool('${endless}', { args: [], pipes: [1] })`);
    await expect.poll(() => existsSync(own), { timeout: 60_000 }).toBe(true);
    killed.kill('SIGKILL');
    const pids = readFileSync(own, 'utf8').trim().split(' ').map(Number);
    expect(pids).not.toContain(killed.pid);
    for (const pid of pids) await expect.poll(() => isThere(pid), { timeout: 60_000 }).toBe(false);
  });
});

describe('runTool', () => {
  it('limits each block of memory where the system has no limit for the whole', () => {
    videoLimits.memory = 1000;
    expect(withMemoryLimit('ffmpeg', ['-i', 'a'], 'darwin')).toEqual({
      program: 'ffmpeg',
      args: ['-max_alloc', '1000', '-i', 'a'],
    });
  });

  it.runIf(process.platform === 'linux')('gives ffmpeg none of the secrets of this process', async () => {
    process.env.HF_TOKEN = 'hf_secret';
    const copy = ['-f', 'data', '-i', 'file:/proc/self/environ', '-map', '0:d', '-c', 'copy', '-f', 'data'];
    const environment = String(await runFfmpeg([...copy, 'pipe:1']));
    expect(environment).toContain('PATH=');
    expect(environment).not.toContain('hf_secret');
  });
});

/** Whether a process runs, other than as one that has ended and is to be asked for. */
const isThere = (pid: number): boolean => !/^(gone|Z)/.test(stateOf(pid));
