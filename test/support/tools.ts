import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** Processes that a process has started, by itself or by the small one that starts its tools. */
export function toolsOf(pid: number): string[] {
  const lines = execFileSync('ps', ['-eo', 'pid=,ppid=,args='], { encoding: 'utf8' }).trim().split('\n');
  const all = lines.map((line) => line.trim().split(/\s+/)).filter(([, , program]) => program !== 'ps');
  const below = (parent: string): string[] =>
    all
      .filter(([, of]) => of === parent)
      .flatMap(([own, , ...command]) => (command.join(' ').includes('toolStarter.js') ? below(own) : [own]));
  return below(String(pid));
}

/** `gone`, or what Linux says of a process. */
export function stateOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1];
  } catch {
    return 'gone';
  }
}
