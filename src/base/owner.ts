import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';

/** A process, so that another one can tell whether it still runs. */
export interface Owner {
  /** Number of the process. */
  pid: number;
  /** Name of its machine. */
  host: string;
  /** When it began: milliseconds since 1970. */
  since: number;
  /** What tells it from a later process of the same number, where the system says so; else empty. */
  start: string;
}

/** This process. */
export function thisProcess(): Owner {
  const since = Math.round(Date.now() - process.uptime() * 1000);
  return { pid: process.pid, host: hostname(), since, start: startOf(process.pid) };
}

/** Whether a process has ended for certain: one of this host, whose number is free or another's. */
export function isDead({ pid, host, start }: Pick<Owner, 'pid' | 'host' | 'start'>): boolean {
  if (host !== hostname()) return false;
  try {
    process.kill(pid, 0); // asks, and sends nothing
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
  const now = startOf(pid);
  return start !== '' && now !== '' && now !== start;
}

/** A host in 8 characters, for names of files. */
export function shortHost(): string {
  return createHash('sha256').update(hostname()).digest('hex').slice(0, 8);
}

/** The boot and the tick at which a process began, where there is `/proc`. */
function startOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name, in parentheses, may hold anything; the start is the 20th field after it.
    const tick = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()} ${tick}`;
  } catch {
    return '';
  }
}
