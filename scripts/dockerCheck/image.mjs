import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { environment, inClone } from '../setup/environment.mjs';
import { run, StepError } from '../setup/step.mjs';

/** Where images are kept, apart from those of the machine. */
const store = inClone('.cache', 'containers');
const places = ['--root', join(store, 'images'), '--runroot', join(store, 'run')];
// Drafts of layers too: in /var/tmp a build that is stopped leaves gigabytes behind.
const drafts = join(store, 'tmp');
const env = { ...environment, BUILDAH_ISOLATION: 'chroot', TMPDIR: drafts };

/**
 * Runs buildah, which builds a Dockerfile without a daemon.
 * @param {string[]} args
 */
const buildah = (...args) =>
  run('buildah', [...places, ...args], {
    env,
    remedy: 'as root: look at the step that failed, the last above',
  });

/** Installs buildah by apt, where it is not there, and removes what a stopped build has left. */
export async function builder() {
  rmSync(drafts, { recursive: true, force: true });
  mkdirSync(drafts, { recursive: true });
  const remedy = 'install buildah and debootstrap (Debian, Ubuntu: apt install buildah debootstrap)';
  for (const program of ['buildah', 'debootstrap']) {
    try {
      await run(program, ['--version']);
    } catch {
      await run('apt-get', ['update', '-qq'], { env, remedy });
      await run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'buildah', 'debootstrap'], {
        env,
        remedy,
      });
    }
  }
  return (await run('buildah', ['--version'])).trim();
}

/** The image that the Dockerfile begins with: pulled, or made in its likeness where no registry of images answers. */
export async function base() {
  const [, name] = /^FROM (\S+)/m.exec(readFileSync(inClone('Dockerfile'), 'utf8')) ?? [];
  if (!name) throw new StepError('the Dockerfile has no line FROM', 'name an image in it');
  const full = `docker.io/library/${name}`;
  if (
    await buildah('inspect', '--type', 'image', full).then(
      () => true,
      () => false,
    )
  )
    return `${name}, of an earlier check`;
  try {
    await buildah('pull', full);
    return `${name}, pulled`;
  } catch {
    await imitate(full);
    return `${name}, made of Debian and the Node ${process.versions.node} of this machine: it cannot be pulled here`;
  }
}

/**
 * Makes an image of Debian's smallest system, this Node with its headers and npm, a user `node`, and the certificates that this
 * machine's programs are told to trust.
 * @param {string} name
 */
async function imitate(name) {
  const [, release] = /-([a-z]+)-slim$/.exec(name) ?? [];
  if (!release)
    throw new StepError(`${name} is not a slim image of Debian`, 'let the Dockerfile begin with one');
  const place = mkdtempSync(join(tmpdir(), 'solireward-debian-'));
  try {
    await run('debootstrap', ['--variant=minbase', release, place], { env, remedy: 'run this as root' });
    const prefix = dirname(dirname(process.execPath));
    const local = join(place, 'usr', 'local');
    cpSync(process.execPath, join(local, 'bin', 'node'));
    for (const part of [join('lib', 'node_modules', 'npm'), join('include', 'node')])
      if (existsSync(join(prefix, part))) cpSync(join(prefix, part), join(local, part), { recursive: true });
    for (const program of ['npm', 'npx'])
      await run('ln', ['-s', `../lib/node_modules/npm/bin/${program}-cli.js`, join(local, 'bin', program)]);
    await run('chroot', [place, '/usr/sbin/useradd', '--create-home', '--uid', '1000', 'node'], { env });
    const container = (await buildah('from', 'scratch')).trim();
    // As an archive: only that keeps who owns what.
    const archive = `${place}.tar`;
    await run('tar', ['-C', place, '-cf', archive, '.']);
    await buildah('add', container, archive, '/');
    rmSync(archive);
    await buildah('config', '--env', 'PATH=/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin', container);
    const certificates = process.env.NODE_EXTRA_CA_CERTS;
    if (certificates) {
      await buildah('add', container, certificates, '/certificates.crt');
      for (const variable of ['NODE_EXTRA_CA_CERTS', 'PIP_CERT', 'npm_config_cafile'])
        await buildah('config', '--env', `${variable}=/certificates.crt`, container);
    }
    await buildah('commit', '--rm', container, name);
  } finally {
    rmSync(place, { recursive: true });
  }
}

/**
 * Builds a stage of the Dockerfile, and starts what it is for: JupyterLab, the engine and a notebook, as its user.
 * @param {string} target
 */
export async function image(target) {
  const name = `localhost/solireward:${target}`;
  await buildah('bud', '--layers', '--pull=never', '--target', target, '--tag', name, inClone());
  const container = (await buildah('from', '--pull=never', name)).trim();
  try {
    const inside = (/** @type {string[]} */ ...command) => buildah('run', container, '--', ...command);
    const user = (await inside('id', '-un')).trim();
    if (user !== 'node')
      throw new StepError(`its commands run as ${user}`, 'let the Dockerfile say USER 1000');
    const engine = (await inside('node', 'dist/src/cli.js', 'doctor')).match(/ok +engine native .*/)?.[0];
    if (!engine)
      throw new StepError('its native engine does not compute', 'look at what doctor says in the image');
    const notebook = ['.venv/bin/python', 'scripts/runNotebook.py', 'test/scripts/small.ipynb', '/tmp/small'];
    await inside('env', 'SOLIREWARD_RUN_FOLDER=/tmp/small', ...notebook);
    const { OCIv1 } = JSON.parse(await buildah('inspect', container));
    await inside('node', 'scripts/dockerCheck/starts.mjs', ...OCIv1.config.Cmd);
    return `JupyterLab answers, a notebook runs, ${engine.replace(/ +/g, ' ')}`;
  } finally {
    await buildah('rm', container);
  }
}
