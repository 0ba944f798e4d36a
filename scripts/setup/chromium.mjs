import { existsSync } from 'node:fs';
import { environment, inClone } from './environment.mjs';
import { run, StepError } from './step.mjs';

/** Where Debian and others put it; elsewhere Playwright's own is taken. */
const system = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** How it is started: also as root, and without a word to the network. */
export const browserArguments = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-sync',
];

/** Finds or installs a Chromium for the browser tests, and tells the tests its path as `SOLIREWARD_CHROMIUM`. */
export async function chromium() {
  let path = await find();
  if (!path && process.platform === 'linux' && process.getuid?.() === 0) {
    await aptInstall('chromium', 'libvulkan1').catch(() => undefined);
    path = await find();
  }
  if (!path) {
    await run(
      process.execPath,
      [inClone('node_modules', 'playwright-core', 'cli.js'), 'install', 'chromium'],
      {
        remedy:
          'install chromium (Debian: apt install chromium) or run: npx playwright-core install chromium',
      },
    );
    path = await find();
  }
  if (!path) throw new StepError('no Chromium was found after the installation', 'apt install chromium');
  environment.SOLIREWARD_CHROMIUM = path;
  return path;
}

/** @returns {Promise<string | undefined>} */
async function find() {
  process.env.PLAYWRIGHT_BROWSERS_PATH = environment.PLAYWRIGHT_BROWSERS_PATH;
  const playwright = await import('playwright-core');
  return [...system, playwright.chromium.executablePath()].find((path) => existsSync(path));
}

/** @param {string[]} names of Debian packages. */
async function aptInstall(...names) {
  const env = { ...environment, DEBIAN_FRONTEND: 'noninteractive' };
  await run('apt-get', ['update', '-qq'], { env });
  await run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...names], { env });
}
