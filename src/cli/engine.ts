import { buildEngine } from '../engine/build/buildEngine.js';
import { formatGflops } from '../engine/report.js';
import { parse, UsageError, type Verb } from './verb.js';

/** `solireward engine build`: makes the native or the cuda engine in the project of this folder. */
export const engine: Verb = {
  usage: `  solireward engine build [--cuda] [--python PATH]
                                               build the native engine, or cuda (by itself where an NVIDIA driver
                                               answers): TensorFlow by pip, into ./.venv or the Python at PATH`,

  async run(args) {
    const { values, positionals } = parse(args, { cuda: { type: 'boolean' }, python: { type: 'string' } });
    const command = ['engine', ...positionals].join(' ');
    if (command !== 'engine build') throw new UsageError(`unknown command '${command}'`);
    const { engine, library, gflops } = await buildEngine({ ...values, say: (line) => console.log(line) });
    console.log(`built ${engine}: ${library}; ${formatGflops(gflops)}; a product and a gradient are right`);
    return 0;
  },
};
