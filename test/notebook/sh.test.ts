import { afterEach, describe, expect, it, vi } from 'vitest';
import { type Displayable, hostKey, jupyterDisplay } from '../../src/base/host.js';
import type { CommandResult } from '../../src/notebook/command.js';
import { npm } from '../../src/notebook/npm.js';
import { sh } from '../../src/notebook/sh.js';

afterEach(() => vi.restoreAllMocks());

/** What is written to a stream while `code` runs. */
async function written(stream: 'stdout' | 'stderr', code: () => Promise<unknown>): Promise<string> {
  const write = vi.spyOn(process[stream], 'write').mockReturnValue(true);
  await code();
  return write.mock.calls.map(([text]) => text).join('');
}

describe('sh', () => {
  it('shows and gives what a line of the shell writes', async () => {
    const shown = await written('stdout', async () => {
      expect(await sh('echo one; echo two | tr o 0')).toEqual({ output: 'one\ntw0\n', exitCode: 0 });
    });
    expect(shown).toBe('one\ntw0\n');
    expect(await written('stderr', () => sh('echo problem >&2'))).toBe('problem\n');
  });

  it('names the line and the exit code when it fails', async () => {
    await expect(sh('exit 3')).rejects.toThrow('sh: "exit 3" ended with exit code 3');
    await expect(sh('kill -KILL $$')).rejects.toThrow('sh: "kill -KILL $$" was ended by SIGKILL');
  });

  it('ends with the signal, and so does what it has started', async () => {
    const abort = new AbortController();
    const running = sh('sleep 61.25 & sleep 61.25; wait', { signal: abort.signal });
    await new Promise((resolve) => setTimeout(resolve, 200));
    abort.abort(new Error('enough'));
    await expect(running).rejects.toThrow('enough');
    const gone = () => expect(sh('pgrep -f "^sleep 61.25"')).rejects.toThrow('exit code 1');
    await vi.waitFor(gone, { timeout: 50_000 });
    await expect(sh('echo never', { signal: abort.signal })).rejects.toThrow('enough');
  });
});

it('has a result that is not shown again in the cell of the command, and is in another one', async () => {
  const cell = new AbortController();
  const fake = { signal: cell.signal };
  const globals = globalThis as { [hostKey]?: unknown };
  globals[hostKey] = fake;
  try {
    vi.spyOn(process.stdout, 'write').mockReturnValue(true);
    const result = (await sh('echo x')) as CommandResult & Displayable;
    expect(await result[jupyterDisplay]()).toEqual({});
    fake.signal = new AbortController().signal;
    expect(await result[jupyterDisplay]()).toEqual({ 'text/plain': "{ output: 'x\\n', exitCode: 0 }" });
  } finally {
    delete globals[hostKey];
  }
});

describe('npm', () => {
  it.each([[''], ['--global'], ['a b'], [' x']])('refuses %j', async (name) => {
    await expect(npm(name)).rejects.toThrow(
      `npm: expected the name of a package, received ${JSON.stringify(name)}`,
    );
  });

  it('refuses no package at all', async () => {
    await expect(npm([])).rejects.toThrow('npm: expected the name of a package, received none');
  });
});
