import { setTimeout as sleep } from 'node:timers/promises';
import type { Router } from 'zeromq';
import { log } from '../process/log.js';

/** Time between a socket's failure and the next try: what goes on failing must not take a core. */
const pauseMilliseconds = 10;

/**
 * Gives the messages of a socket to `take`, until it is closed. Whatever anybody sends, it goes on: what `take` throws
 * is told in the log, and so is a failure of the socket itself, which has nothing to give after some malformed messages.
 */
export async function receive(
  socket: Pick<Router, 'closed' | 'receive'>,
  take: (frames: Buffer[]) => void | Promise<void>,
): Promise<void> {
  while (!socket.closed) {
    try {
      await take(await socket.receive());
    } catch (error) {
      if (socket.closed) return;
      log((error as Error).message);
      if ((error as NodeJS.ErrnoException).code) await sleep(pauseMilliseconds);
    }
  }
}
