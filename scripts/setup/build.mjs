import { createHash } from 'node:crypto';
import { chmodSync, existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { inClone, root } from './environment.mjs';
import { run } from './step.mjs';

const stamp = inClone('dist', '.built-from');

/** Compiles src/ and kernel/ into dist/ and minifies plotly, if the sources changed since the last time. */
export async function build() {
  const sources = hashOf(['src', 'kernel', 'tsconfig.json', 'package-lock.json', 'scripts/setup/build.mjs']);
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === sources) return 'dist/ is up to date';
  rmSync(inClone('dist'), { recursive: true, force: true });
  await run(process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.json'], {
    remedy: 'correct the type errors above, then: npm run build',
  });
  await minifyPlotly();
  chmodSync(inClone('dist', 'src', 'cli.js'), 0o755);
  writeFileSync(stamp, sources);
  return 'compiled into dist/';
}

/** plotly.js-dist ships 10 MB of readable code; a page gets less than half of that. */
async function minifyPlotly() {
  const { transform } = await import('esbuild');
  const source = readFileSync(inClone('node_modules', 'plotly.js-dist', 'plotly.js'), 'utf8');
  const { code } = await transform(source, { minify: true, legalComments: 'eof' });
  writeFileSync(inClone('dist', 'plotly.min.js'), code);
}

/**
 * SHA-256 of files and of all files in folders, with their names.
 * @param {string[]} paths relative to the clone.
 */
export function hashOf(paths) {
  const hash = createHash('sha256');
  for (const path of paths) add(inClone(path));
  return hash.digest('hex');

  /** @param {string} path */
  function add(path) {
    hash.update(relative(root, path));
    if (statSync(path).isDirectory()) for (const name of readdirSync(path).sort()) add(join(path, name));
    else hash.update(readFileSync(path));
  }
}
