import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** The oldest driver that CUDA 12 works with (NVIDIA, CUDA 12 release notes, table of minor version compatibility). */
const oldestDriver = 525;

/** What nvidia-smi says, undefined where there is none or it fails. WSL 2 has it in a folder of its own. */
export function nvidiaSmi(...args: string[]): string | undefined {
  for (const program of ['nvidia-smi', '/usr/lib/wsl/lib/nvidia-smi']) {
    const { status, stdout } = spawnSync(program, args, { encoding: 'utf8' });
    if (status === 0) return stdout.trim();
  }
}

/** Whether a driver of NVIDIA answers. */
export const hasNvidiaDriver = (): boolean => nvidiaSmi('-L') !== undefined;

/** Why the driver is too old for CUDA 12; undefined where it is not, or is not known. */
export function oldDriver(version: string | undefined = driverVersion()): string | undefined {
  if (version !== undefined && Number.parseInt(version, 10) < oldestDriver)
    return `the NVIDIA driver ${version} is too old for CUDA 12, which takes ${oldestDriver} or newer`;
}

/** Asked for at each start of TensorFlow: the kernel's file is read at once, nvidia-smi can take a second. */
function driverVersion(): string | undefined {
  try {
    const said = readFileSync('/proc/driver/nvidia/version', 'utf8');
    const version = said.match(/Kernel Module\s+(?:for \S+\s+)?(\d+\.[\d.]+)/)?.[1];
    if (version) return version;
  } catch {
    // WSL 2 has no such file.
  }
  return nvidiaSmi('--query-gpu=driver_version', '--format=csv,noheader')?.split('\n')[0];
}

/** The name of the GPU that computes; undefined if unknown. */
export const gpuName = (): string | undefined => ofGpu('name');

/** What nvidia-smi says of the GPU that computes: the first of CUDA_VISIBLE_DEVICES, by number or UUID. */
export function ofGpu(query: string): string | undefined {
  const id = process.env.CUDA_VISIBLE_DEVICES?.split(',')[0].trim() || '0';
  return nvidiaSmi('-i', id, `--query-gpu=${query}`, '--format=csv,noheader')?.split('\n')[0];
}
