import { createRequire } from 'node:module';
import { packageRoot } from '../../src/base/packageRoot.js';
import { protocolVersion } from './wire.js';

const require = createRequire(import.meta.url);
const versionOf = (file: string): string => require(file).version;
const version = versionOf(`${packageRoot}/package.json`);
// Not from TypeScript itself: that takes seconds to load on a busy machine, and this is to be answered before.
const typescript = versionOf('typescript/package.json');

/** What a kernel_info_request is answered. */
export const kernelInfo = (): object => ({
  status: 'ok',
  protocol_version: protocolVersion,
  implementation: 'solireward',
  implementation_version: version,
  language_info: {
    name: 'typescript',
    version: typescript,
    mimetype: 'text/typescript',
    file_extension: '.ts',
    pygments_lexer: 'typescript',
    codemirror_mode: { name: 'javascript', mode: 'typescript', typescript: true },
    nbconvert_exporter: 'script',
  },
  banner: `SoliReward ${version}: TypeScript ${typescript} on Node ${process.version}`,
  help_links: [
    { text: 'TypeScript', url: 'https://www.typescriptlang.org/docs/' },
    { text: 'Node', url: 'https://nodejs.org/api/' },
  ],
  // As far as listing variables goes; see debugger.ts.
  debugger: true,
  supported_features: ['debugger'],
});
