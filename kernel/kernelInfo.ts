import { createRequire } from 'node:module';
import { packageRoot } from './compiler.js';
import { ts } from './typescript.js';
import { protocolVersion } from './wire.js';

const { version } = createRequire(import.meta.url)(`${packageRoot}/package.json`) as { version: string };

/** What a kernel_info_request is answered. */
export const kernelInfo = (): object => ({
  status: 'ok',
  protocol_version: protocolVersion,
  implementation: 'solireward',
  implementation_version: version,
  language_info: {
    name: 'typescript',
    version: ts.version,
    mimetype: 'text/typescript',
    file_extension: '.ts',
    pygments_lexer: 'typescript',
    codemirror_mode: { name: 'javascript', mode: 'typescript', typescript: true },
    nbconvert_exporter: 'script',
  },
  banner: `SoliReward ${version}: TypeScript ${ts.version} on Node ${process.version}`,
  help_links: [
    { text: 'TypeScript', url: 'https://www.typescriptlang.org/docs/' },
    { text: 'Node', url: 'https://nodejs.org/api/' },
  ],
  debugger: false,
});
