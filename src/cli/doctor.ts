import { doctor as examine, isHealthy } from '../doctor.js';
import { parse, UsageError, type Verb } from './verb.js';

/** `solireward doctor`: prints what is found on the machine; 1 when something that is required fails. */
export const doctor: Verb = {
  usage:
    '  solireward doctor [--json]                   look at Node, engines, ffmpeg, GPU, Jupyter, kernelspec',

  async run(args) {
    const { values, positionals } = parse(args, { json: { type: 'boolean' } });
    if (positionals.length > 0) throw new UsageError(`doctor takes no argument '${positionals[0]}'`);
    const findings = await examine();
    if (values.json) console.log(JSON.stringify(findings, null, 2));
    else {
      for (const { name, ok, required, detail } of findings) {
        const mark = ok ? 'ok' : required ? 'FAILED' : '-';
        console.log(`${mark.padEnd(7)} ${name.padEnd(14)} ${detail}`);
      }
    }
    return isHealthy(findings) ? 0 : 1;
  },
};
