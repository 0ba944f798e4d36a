// A Ray of one node from the virtual environment `.cache/ray`, which `.ci/run` fills (requirements-ray.txt). Ends with `stop`.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { inClone } from '../setup/environment.mjs';
import { freePort } from '../setup/freePort.mjs';
import { until } from './until.mjs';

const ray = inClone('.cache', 'ray', 'bin', 'ray');

/** Why there can be no Ray here; nothing where there can. */
export const whyNoRay = () =>
  existsSync(ray)
    ? undefined
    : 'Ray not found (python3 -m venv .cache/ray && .cache/ray/bin/pip install -r requirements-ray.txt)';

/** Seconds that Ray waits for its own parts, which a busy machine takes more of. */
const patience = {
  RAY_DASHBOARD_STARTUP_TIMEOUT_S: '600',
  RAY_DASHBOARD_SUBPROCESS_MODULE_WAIT_READY_TIMEOUT: '600',
  RAY_gcs_server_port_wait_time_s: '600',
};

/**
 * Starts it and sets the environment of this process to its dashboard.
 * @param {string} folder short: Ray puts sockets there.
 * @param {{ cpus: number }} options
 */
export async function startRay(folder, { cpus }) {
  const [port, dashboard] = [await freePort(), await freePort()];
  const args = [
    ...['start', '--head', '--block', '--disable-usage-stats', `--temp-dir=${folder}`, `--num-cpus=${cpus}`],
    ...['--node-ip-address=127.0.0.1', `--port=${port}`, '--object-store-memory=80000000'],
    ...['--include-dashboard=true', '--dashboard-host=127.0.0.1', `--dashboard-port=${dashboard}`],
  ];
  const child = spawn(ray, args, { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...patience } });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (data) => {
      said = (said + data).slice(-2000);
    });
  const address = `http://127.0.0.1:${dashboard}`;
  process.env.RAY_API_SERVER_ADDRESS = address;
  const stop = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.on('exit', resolve));
    child.kill('SIGTERM');
    await ended;
  };
  const isUp = async () => (await fetch(`${address}/api/jobs/`)).ok;
  const check = () => {
    if (child.exitCode !== null) throw new Error(`ray start ended with ${child.exitCode}:\n${said}`);
  };
  await until("Ray's dashboard", isUp, check).catch(async (error) => {
    await stop();
    throw error;
  });
  return { stop, check };
}
