import { copyFile, mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { packageRoot } from '../base/packageRoot.js';
import { parse, UsageError, type Verb } from './verb.js';

/** `solireward init`: makes a project with a notebook for one's own votes. */
export const init: Verb = {
  usage: `  solireward init [FOLDER]                     make a project (by default here): package.json, a folder for clips, and
                                               votes.ipynb, from votes to a trained model; what is there stays`,

  async run(args) {
    const { positionals } = parse(args, {});
    if (positionals.length > 1) throw new UsageError(`init takes one folder, received ${positionals.length}`);
    const [folder = '.'] = positionals;
    const place = resolve(folder);
    const { version } = JSON.parse(await readFile(join(packageRoot, 'package.json'), 'utf8'));
    // All names are looked at first: a project is made whole or not at all.
    for (const name of ['votes.ipynb', 'clips']) {
      if (await stat(join(place, name)).catch(() => undefined))
        throw new Error(`init: ${join(folder, name)} is there already; give another folder`);
    }
    await mkdir(join(place, 'clips'), { recursive: true });
    await copyFile(join(packageRoot, 'assets', 'project', 'votes.ipynb'), join(place, 'votes.ipynb'));
    const source = await sourceOf(place);
    const manifest = {
      name: nameOf(place),
      private: true,
      type: 'module',
      dependencies: { solireward: source ?? `^${version}` },
    };
    const made = ['votes.ipynb', 'clips/'];
    for (const [name, text] of Object.entries({
      'package.json': `${JSON.stringify(manifest, null, 2)}\n`,
      '.gitignore': 'node_modules\n.venv\nruns\n*.executed.ipynb\n',
    })) {
      if (await writeNew(join(place, name), text)) made.push(name);
    }
    console.log(`made ${made.join(', ')} in ${place}`);
    const steps = [
      ...(folder === '.' ? [] : [`cd ${folder}`]),
      ...(packageRoot === join(place, 'node_modules', 'solireward')
        ? []
        : [made.includes('package.json') ? 'npm install' : `npm install ${source ?? 'solireward'}`]),
      'python3 -m venv .venv && .venv/bin/pip install jupyterlab imageio-ffmpeg',
      'npx solireward kernel install --prefix .venv',
      '.venv/bin/jupyter lab votes.ipynb',
    ];
    console.log(`Next: put videos into clips/, then\n${steps.map((step) => `  ${step}`).join('\n')}`);
    return 0;
  },
};

/** Where a project finds this package: the clone that runs, the archive it was installed from; undefined for the registry. */
async function sourceOf(project: string): Promise<string | undefined> {
  const modules = dirname(packageRoot);
  const from = (path: string) => `file:${relative(project, path).replaceAll(sep, '/')}`;
  if (basename(modules) !== 'node_modules') return from(packageRoot);
  // npm's own record; a wheel has none.
  const record = await readFile(join(modules, '.package-lock.json'), 'utf8').catch(() => '{}');
  const { resolved } = JSON.parse(record).packages?.['node_modules/solireward'] ?? {};
  return resolved?.startsWith('file:') ? from(resolve(dirname(modules), resolved.slice(5))) : undefined;
}

/** Writes a file that is not there; false where there is one. */
async function writeNew(file: string, text: string): Promise<boolean> {
  try {
    await writeFile(file, text, { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** A name that npm takes for a package. */
const nameOf = (place: string): string =>
  basename(place)
    .toLowerCase()
    .replace(/[^a-z0-9-]+/g, '-')
    .replace(/^-+|-+$/g, '') || 'votes';
