import { createHash } from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join, relative } from 'node:path';
import { inClone, root } from './environment.mjs';
import { run } from './step.mjs';

const stamp = inClone('dist', '.built-from');

/**
 * Compiles src/ and kernel/ into dist/, bundles the JupyterLab extension and minifies plotly, if the sources changed since the
 * last time.
 */
export async function build() {
  const scripts = ['build.mjs', 'declarations.mjs'].map((name) => `scripts/setup/${name}`);
  const sources = hashOf(['src', 'kernel', 'tsconfig.json', 'package-lock.json', ...scripts]);
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === sources) return 'dist/ is up to date';
  rmSync(inClone('dist'), { recursive: true, force: true });
  await run(process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.json'], {
    remedy: 'correct the type errors above, then: npm run build',
  });
  // Not at the head: it needs TypeScript, which npm has not installed yet when the set-up begins.
  const { completeDeclarations } = await import('./declarations.mjs');
  await completeDeclarations();
  await compileResizePasses();
  await minifyPlotly();
  await bundleLabextension();
  chmodSync(inClone('dist', 'src', 'cli.js'), 0o755);
  writeFileSync(stamp, sources);
  return 'compiled into dist/';
}

/** TypeScript has no vectors: the passes of a resize are written in WebAssembly's own text. */
async function compileResizePasses() {
  const { default: wabt } = await import('wabt');
  const [name, path] = ['resizePasses', ['src', 'model', 'input']];
  const module = (await wabt()).parseWat(name, readFileSync(inClone(...path, `${name}.wat`)), { simd: true });
  writeFileSync(inClone('dist', ...path, `${name}.wasm`), module.toBinary({}).buffer);
  module.destroy();
}

/** plotly.js-dist ships 10 MB of readable code; a page gets less than half of that. */
async function minifyPlotly() {
  const { transform } = await import('esbuild');
  const source = readFileSync(inClone('node_modules', 'plotly.js-dist', 'plotly.js'), 'utf8');
  const { code } = await transform(source, { minify: true, legalComments: 'eof' });
  writeFileSync(inClone('dist', 'plotly.min.js'), code);
}

/**
 * Bundles the JupyterLab extension. The official builder would bring webpack and 70 MB of packages for what is one
 * script of a few kilobytes; a container of module federation is small enough to be written by hand.
 */
async function bundleLabextension() {
  const { build } = await import('esbuild');
  const folder = inClone('dist', 'kernel', 'labextension');
  await build({
    entryPoints: [inClone('kernel', 'labextension', 'src', 'container.ts')],
    outfile: join(folder, 'container.js'),
    bundle: true,
    minify: true,
    format: 'iife',
    target: 'es2022',
    plugins: [{ name: 'lumino-of-the-page', setup: takeLuminoFromPage }],
  });
  for (const sheet of ['style.css', 'annotator.css', 'gallery.css']) {
    copyFileSync(inClone('kernel', 'labextension', sheet), join(folder, sheet));
  }
}

/**
 * Widgets must be of the page's own copy of the package.
 * @param {import('esbuild').PluginBuild} build
 */
function takeLuminoFromPage(build) {
  const namespace = 'page';
  build.onResolve({ filter: /^@lumino\/widgets$/ }, ({ path }) => ({ path, namespace }));
  build.onLoad({ filter: /.*/, namespace }, () => ({
    contents: 'module.exports = globalThis.solirewardLumino',
  }));
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

/**
 * A module of the library, once it is built.
 * @param {string} path below dist/src/.
 */
export const fromDist = (path) => import(new URL(`../../dist/src/${path}`, import.meta.url).href);
