import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { runFfmpeg } from '../../../src/data/video/ffmpeg.js';
import { runTool, ToolError, withMemoryLimit } from '../../../src/data/video/runTool.js';
import { videoLimits } from '../../../src/data/video/videoLimits.js';
import { temporaryFolder } from '../../support/videoFixtures.js';

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

describe('runTool', () => {
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

  it('limits each block of memory where the system has no limit for the whole', () => {
    videoLimits.memory = 1000;
    expect(withMemoryLimit('ffmpeg', ['-i', 'a'], 'darwin')).toEqual({
      program: 'ffmpeg',
      args: ['-max_alloc', '1000', '-i', 'a'],
    });
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

  it.runIf(process.platform === 'linux')('gives ffmpeg none of the secrets of this process', async () => {
    process.env.HF_TOKEN = 'hf_secret';
    const copy = ['-f', 'data', '-i', 'file:/proc/self/environ', '-map', '0:d', '-c', 'copy', '-f', 'data'];
    const environment = String(await runFfmpeg([...copy, 'pipe:1']));
    expect(environment).toContain('PATH=');
    expect(environment).not.toContain('hf_secret');
  });
});
