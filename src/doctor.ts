import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { decoderAbout } from './data/video/decoder.js';
import { libraryPackage } from './data/video/ffmpegLibrary.js';
import { ffmpegPaths, licenceOf } from './data/video/tools.js';
import { check } from './engine/check.js';
import { engineNames } from './engine/names.js';
import { nvidiaSmi } from './engine/nvidia.js';
import { formatGflops } from './engine/report.js';

/** What the doctor found about one thing. */
export interface Finding {
  name: string;
  ok: boolean;
  /** True where nothing works without it. */
  required: boolean;
  /** The version or the place that was found, or the reason why not. */
  detail: string;
}

/** Looks at everything that the library and its notebooks need. Takes about a second for each engine that works. */
export async function doctor(): Promise<Finding[]> {
  return [node(), ...(await engines()), ffmpeg(), await decoder(), gpu(), jupyter(), kernelspec()];
}

/** Whether everything that is required was found. */
export const isHealthy = (findings: Finding[]): boolean =>
  findings.every(({ ok, required }) => ok || !required);

function node(): Finding {
  const [major, minor] = process.versions.node.split('.').map(Number);
  const ok = major > 20 || (major === 20 && minor >= 19);
  return {
    name: 'Node',
    ok,
    required: true,
    detail: process.versions.node + (ok ? '' : ', 20.19 is needed'),
  };
}

/** Each engine with its check; an engine that starts and computes wrongly is as bad as none. */
async function engines(): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const engine of engineNames) {
    const name = `engine ${engine}`;
    try {
      const { ok, library, gflops, matmulError, gradientError, compiles } = await check(engine);
      const errors = `errors: product ${matmulError.toExponential(0)}, gradient ${gradientError.toExponential(0)}`;
      // Where tfjs-node's own binding is there, each operation is a call.
      const eager =
        compiles || (engine !== 'native' && engine !== 'cuda')
          ? ''
          : '; steps are not recorded, which makes them slower: npx solireward engine build';
      findings.push({
        name,
        ok,
        required: true,
        detail: `${library}; ${formatGflops(gflops)}; ${errors}${eager}`,
      });
    } catch (error) {
      const { cause, message } = error as Error;
      findings.push({ name, ok: false, required: engine === 'wasm', detail: String(cause ?? message) });
    }
  }
  return findings;
}

const newerFfmpeg =
  'a newer one: pip install imageio-ffmpeg in the .venv beside node_modules (python3 -m venv .venv makes it)';

function ffmpeg(): Finding {
  try {
    const { version, libavcodec, licence, source, ffmpeg } = ffmpegPaths();
    const from = { pip: "pip's imageio-ffmpeg", npm: "npm's @ffmpeg-installer", PATH: 'the PATH' }[source];
    const about = `${version}, libavcodec ${libavcodec}, ${licence}, from ${from} (${ffmpeg})`;
    const detail = source === 'pip' ? about : `${about}; ${newerFfmpeg}`;
    return { name: 'ffmpeg', ok: true, required: true, detail };
  } catch (error) {
    return { name: 'ffmpeg', ok: false, required: true, detail: (error as Error).message };
  }
}

async function decoder(): Promise<Finding> {
  const about = await decoderAbout();
  const detail = about
    ? `clips are decoded by FFmpeg ${about.version}, libavcodec ${about.libavcodec}, ${licenceOf(about.configuration)}, of ${libraryPackage}`
    : `clips are decoded by ffmpeg, which takes twice as long: ${libraryPackage} is not installed, or does not load; npm install`;
  return { name: 'decoder', ok: about !== undefined, required: false, detail };
}

function gpu(): Finding {
  const query = ['--query-gpu=name,memory.total,driver_version', '--format=csv,noheader'];
  const found = nvidiaSmi(...query);
  const detail = found?.replaceAll('\n', '; ') ?? 'no NVIDIA driver';
  return { name: 'GPU', ok: found !== undefined, required: false, detail };
}

function jupyter(): Finding {
  const output = runJupyter('--version');
  const version = output?.match(/jupyterlab\s*:\s*(\d\S*)/)?.[1];
  const detail = version
    ? `JupyterLab ${version}`
    : 'no JupyterLab in .venv or on the PATH: pip install jupyterlab';
  return { name: 'Jupyter', ok: version !== undefined, required: false, detail };
}

function kernelspec(): Finding {
  const name = 'kernelspec';
  const list = runJupyter('kernelspec', 'list', '--json');
  const specs = list === undefined ? {} : (JSON.parse(list) as KernelspecList).kernelspecs;
  const found = specs.solireward;
  if (!found) {
    return { name, ok: false, required: false, detail: 'not installed: npx solireward kernel install' };
  }
  const missing = found.spec.argv.find((argument) => argument.startsWith('/') && !existsSync(argument));
  const detail = missing ? `${missing} is gone: npx solireward kernel install` : found.resource_dir;
  return { name, ok: missing === undefined, required: false, detail };
}

interface KernelspecList {
  kernelspecs: Record<string, { resource_dir: string; spec: { argv: string[] } } | undefined>;
}

/** Output of `jupyter` in ./.venv or on the PATH; undefined where it does not run. */
function runJupyter(...args: string[]): string | undefined {
  const local = join('.venv', 'bin', 'jupyter');
  const program = existsSync(local) ? local : 'jupyter';
  const { status, stdout } = spawnSync(program, args, { encoding: 'utf8' });
  return status === 0 ? stdout : undefined;
}
