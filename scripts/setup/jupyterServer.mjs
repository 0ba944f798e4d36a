import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { venvProgram } from './environment.mjs';
import { freePort } from './freePort.mjs';

/**
 * Starts the JupyterLab of .venv on a free port, without a password, with its settings in a folder of its own, and its
 * application exposed to the page as `jupyterapp`: for a browser that a script drives.
 * @param {string} folder that it serves
 * @returns {Promise<{ url: string, stop: () => Promise<void> }>} once it answers
 * @throws {Error} with its output, where it ends before
 */
export async function startJupyter(folder) {
  const home = mkdtempSync(join(tmpdir(), 'solireward-lab-'));
  const settings = join(home, 'config', 'lab', 'user-settings', '@jupyterlab', 'apputils-extension');
  mkdirSync(settings, { recursive: true });
  // Else it asks whether it may fetch news.
  writeFileSync(join(settings, 'notification.jupyterlab-settings'), '{"fetchNews": "false"}');
  const port = await freePort();
  const env = {
    ...process.env,
    HOME: home,
    IPYTHONDIR: home,
    JUPYTER_CONFIG_DIR: join(home, 'config'),
    JUPYTER_DATA_DIR: join(home, 'data'),
    JUPYTER_RUNTIME_DIR: join(home, 'runtime'),
    JUPYTER_PREFER_ENV_PATH: '1',
    XDG_CACHE_HOME: join(home, 'cache'),
  };
  const options = [
    ...['--LabApp.expose_app_in_browser=True', '--JupyterNotebookApp.expose_app_in_browser=True'],
    ...['--no-browser', '--allow-root', '--IdentityProvider.token=', '--ServerApp.password='],
    ...[`--ServerApp.port=${port}`, '--ServerApp.port_retries=0', `--ServerApp.root_dir=${folder}`],
  ];
  const server = spawn(venvProgram('python'), ['-m', 'jupyterlab', ...options], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let log = '';
  for (const stream of [server.stdout, server.stderr]) stream.on('data', (chunk) => (log += chunk));
  const url = `http://127.0.0.1:${port}`;
  await answers(`${url}/api/status`, () => {
    if (server.exitCode !== null) throw new Error(`JupyterLab ended with ${server.exitCode}:\n${log}`);
  });
  return {
    url,
    async stop() {
      const ended = new Promise((resolve) => server.once('exit', resolve));
      server.kill('SIGTERM');
      const killing = sleep(10_000, undefined, { ref: false }).then(() => server.kill('SIGKILL'));
      await Promise.race([ended, killing]);
      rmSync(home, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/**
 * Waits until a URL answers.
 * @param {string} url
 * @param {() => void} check throws when it never will
 */
async function answers(url, check) {
  for (;;) {
    check();
    const answer = await fetch(url).catch(() => undefined);
    if (answer?.ok) return;
    await sleep(200);
  }
}
