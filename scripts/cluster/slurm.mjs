// A Slurm of one node in a folder of its own, beside any other that the machine has: munge, slurmctld and slurmd from Debian's packages
// slurm-wlm and munge, as root. Ends with `stop`.
import { execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { delimiter, join } from 'node:path';
import { freePort } from '../setup/freePort.mjs';
import { until } from './until.mjs';

/** Where Debian puts daemons. */
const path = [process.env.PATH, '/usr/sbin', '/sbin'].join(delimiter);

/** Why there can be no Slurm here; nothing where there can. */
export function whyNoSlurm() {
  if (process.getuid?.() !== 0) return 'Slurm is started as root only';
  const missing = ['munged', 'slurmctld', 'slurmd', 'sbatch', 'squeue'].filter((name) => !isThere(name));
  return missing.length > 0 ? `${missing.join(', ')} not found (apt-get install slurm-wlm munge)` : undefined;
}

/** @param {string} name */
function isThere(name) {
  try {
    execFileSync('sh', ['-c', `command -v ${name}`], {
      env: { ...process.env, PATH: path },
      stdio: 'ignore',
    });
    return true;
  } catch {
    return false;
  }
}

/**
 * Starts it and sets the environment of this process to it.
 * @param {string} folder
 * @param {{ cpus: number, arraySize: number }} options
 */
export async function startSlurm(folder, { cpus, arraySize }) {
  for (const name of ['', 'spool', 'state']) mkdirSync(join(folder, name), { recursive: true });
  const key = join(folder, 'munge.key');
  writeFileSync(key, randomBytes(128));
  chmodSync(key, 0o600);
  const socket = join(folder, 'munge.socket');
  const [control, node] = [await freePort(), await freePort()];
  const config = join(folder, 'slurm.conf');
  const settings = {
    ClusterName: 'trial',
    SlurmctldHost: `${hostname()}(127.0.0.1)`,
    ...{ SlurmctldPort: control, SlurmdPort: node },
    ...{ AuthType: 'auth/munge', AuthInfo: `socket=${socket}`, CredType: 'cred/munge' },
    ...{ SlurmUser: 'root', SlurmdUser: 'root' },
    ...{ StateSaveLocation: join(folder, 'state'), SlurmdSpoolDir: join(folder, 'spool') },
    ...{ SlurmctldPidFile: join(folder, 'slurmctld.pid'), SlurmdPidFile: join(folder, 'slurmd.pid') },
    ...{ ProctrackType: 'proctrack/linuxproc', TaskPlugin: 'task/none' },
    ...{ JobAcctGatherType: 'jobacct_gather/none', AccountingStorageType: 'accounting_storage/none' },
    ...{ MpiDefault: 'none', ReturnToService: 2, KillWait: 2, MessageTimeout: 100 },
    SchedulerParameters: 'batch_sched_delay=0,sched_interval=2',
    ...{ SelectType: 'select/cons_res', SelectTypeParameters: 'CR_Core', MaxArraySize: arraySize },
    SlurmdParameters: 'config_overrides',
  };
  const lines = Object.entries(settings).map(([name, value]) => `${name}=${value}`);
  lines.push(`NodeName=${hostname()} NodeAddr=127.0.0.1 CPUs=${cpus} RealMemory=1000 State=UNKNOWN`);
  lines.push(`PartitionName=trial Nodes=${hostname()} Default=YES MaxTime=INFINITE State=UP`);
  writeFileSync(config, `${lines.join('\n')}\n`);
  process.env.PATH = path;
  process.env.SLURM_CONF = config;

  const [pidFile, log, seed] = ['munge.pid', 'munge.log', 'munge.seed'].map((name) => join(folder, name));
  const start = (/** @type {string} */ program, /** @type {string[]} */ args) =>
    spawn(program, args, { stdio: 'ignore' });
  const munge = ['--foreground', '--force', `--key-file=${key}`, `--socket=${socket}`];
  const children = [
    start('munged', [...munge, `--pid-file=${pidFile}`, `--log-file=${log}`, `--seed-file=${seed}`]),
  ];
  const stop = async () => {
    for (const child of children.reverse()) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      const ended = new Promise((resolve) => child.on('exit', resolve));
      child.kill('SIGTERM');
      await ended;
    }
  };
  try {
    await until('munged', () => succeeds('munge', ['--no-input', `--socket=${socket}`]));
    children.push(start('slurmctld', ['-D', '-c', '-f', config, '-L', join(folder, 'slurmctld.log')]));
    await until('slurmctld', () => succeeds('scontrol', ['ping']));
    children.push(start('slurmd', ['-D', '-f', config, '-L', join(folder, 'slurmd.log')]));
    await until('slurmd', () => /idle/.test(output('sinfo', ['--noheader', '--format=%T'])));
  } catch (error) {
    await stop();
    const said = ['slurmctld.log', 'slurmd.log'].map((name) => tail(join(folder, name))).join('\n');
    throw new Error(`${error instanceof Error ? error.message : error}\n${said}`);
  }
  return { stop, check() {} };
}

/** @param {string} program @param {string[]} args */
function output(program, args) {
  return execFileSync(program, args, { stdio: ['ignore', 'pipe', 'ignore'] }).toString();
}

/** @param {string} program @param {string[]} args */
function succeeds(program, args) {
  output(program, args);
  return true;
}

/** @param {string} file */
function tail(file) {
  try {
    return readFileSync(file, 'utf8').slice(-1500);
  } catch {
    return '';
  }
}
