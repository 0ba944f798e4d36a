import { existsSync } from 'node:fs';
import { chromium } from 'playwright-core';

/** The Chromium for browser tests: what the set-up of `npm test` found, or the system's; undefined without one. */
export const chromiumPath: string | undefined = [
  process.env.SOLIREWARD_CHROMIUM ?? '',
  '/usr/bin/chromium',
  chromium.executablePath(),
].find((path) => existsSync(path));
