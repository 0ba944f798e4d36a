import { host } from '../base/host.js';

/**
 * Takes away what the running cell has shown; with `wait`, not before it shows the next thing, so that nothing
 * flickers. Outside a notebook what was printed stays.
 */
export function clearOutput({ wait = false }: { wait?: boolean } = {}): void {
  host()?.clearOutput(wait);
}
