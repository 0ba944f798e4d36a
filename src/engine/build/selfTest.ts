import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { packageRoot } from '../../base/packageRoot.js';
import { RemedyError, runProgram } from '../../base/runProgram.js';
import type { EngineCheck } from '../check.js';
import type { EngineName } from '../names.js';

/**
 * Checks an engine in a process of its own, which loads the binding as it is now on disk.
 * @throws {RemedyError} when it does not start, or computes a product or a gradient wrongly.
 */
export async function selfTest(
  engine: EngineName,
  env: NodeJS.ProcessEnv = process.env,
): Promise<EngineCheck> {
  const module = JSON.stringify(pathToFileURL(join(packageRoot, 'dist', 'src', 'engine', 'check.js')).href);
  const script = `
    const { check } = await import(${module});
    const said = await check('${engine}').catch((error) => ({ error: String(error.cause ?? error.message) }));
    console.log('\\n' + JSON.stringify(said));`;
  const output = await runProgram(process.execPath, ['--input-type=module', '-e', script], { env });
  const last = output
    .trim()
    .split('\n')
    .findLast((line) => line.startsWith('{')) as string;
  const found = JSON.parse(last) as EngineCheck & { error?: string };
  const remedy = 'npx solireward doctor';
  if (found.error) throw new RemedyError(`the self-test of ${engine} failed: ${found.error}`, remedy);
  if (found.ok) return found;
  const { matmulError, gradientError } = found;
  throw new RemedyError(
    `the self-test of ${engine} failed: ${found.library} computes with errors of ${matmulError} (product) and ${gradientError} (gradient)`,
    remedy,
  );
}
