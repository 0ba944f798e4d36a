import { homedir } from 'node:os';
import { join } from 'node:path';

/** The folder of what is kept to be found faster the next time: $XDG_CACHE_HOME/solireward/NAME, or in ~/.cache. It may not exist. */
export const cacheFolder = (name: string, { XDG_CACHE_HOME }: NodeJS.ProcessEnv = process.env): string =>
  join(XDG_CACHE_HOME || join(homedir(), '.cache'), 'solireward', name);
