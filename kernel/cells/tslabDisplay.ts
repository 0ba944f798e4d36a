import { randomUUID } from 'node:crypto';
import type { Host, MimeBundle } from '../../src/base/host.js';
import { ts } from './typescript.js';

const types = {
  javascript: 'text/javascript',
  html: 'text/html',
  markdown: 'text/markdown',
  latex: 'text/latex',
  svg: 'image/svg+xml',
  png: 'image/png',
  jpeg: 'image/jpeg',
  gif: 'image/gif',
  pdf: 'application/pdf',
  text: 'text/plain',
} as const;

type Display = Record<keyof typeof types, (value: string | Uint8Array) => void> & {
  raw(contentType: string, value: string | Uint8Array): void;
};

/** What cells import from `tslab`, so that its notebooks run: its own public functions, shown by this kernel. */
export function tslabModule(host: () => Host) {
  return {
    display: displayOf(host),
    newDisplay: () => displayOf(host, randomUUID()),
    versions: { tslab: '1.0.22', typescript: ts.version, node: process.version },
  };
}

/** @param displayId of the one output that is written anew by each call; without it each call makes an output */
function displayOf(host: () => Host, displayId?: string): Display {
  let update = false;
  const raw = (contentType: string, value: string | Uint8Array) => {
    // Bytes are encoded where all bundles are checked.
    host().display({ [contentType]: value } as MimeBundle, { displayId, update });
    update = displayId !== undefined;
  };
  const shortcuts = Object.entries(types).map(([name, type]) => [
    name,
    (value: string | Uint8Array) => raw(type, value),
  ]);
  return { ...(Object.fromEntries(shortcuts) as Omit<Display, 'raw'>), raw };
}
