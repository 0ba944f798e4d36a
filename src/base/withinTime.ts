import { createContext, Script } from 'node:vm';

const script = new Script('task()');

/**
 * Runs a function that awaits nothing, and ends it when it takes too long: for libraries that loop as often as a damaged
 * file says.
 * @param limit milliseconds
 * @throws Error when the time is over, and what the function throws
 */
export function withinTime<T>(limit: number, task: () => T): T {
  try {
    return script.runInContext(createContext({ task }), { timeout: Math.ceil(limit) });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw error;
    throw new Error(`it takes more than ${Math.round(limit / 1000)} s to read, as only a damaged file does`);
  }
}
