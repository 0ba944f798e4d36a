import { parentPort, workerData } from 'node:worker_threads';
import { Reply, Router } from 'zeromq';
import { type Redirected, readDescriptors } from './inheritedOutput.js';
import { log, logTo } from './log.js';
import { splitLog } from './nativeLogs.js';
import { whenOrphaned } from './parent.js';
import { interruptMainThread } from './terminate.js';
import { address, type Connection, type Message, Wire } from './wire.js';

/**
 * The thread of the control channel and the heartbeat: a kernel that computes without a break must still be
 * reachable, so it interrupts and ends the process from here.
 */

/** What this thread is started with. */
export interface ControlData {
  connection: Connection;
  session: string;
  /** Shared; its number becomes 1 when this thread's sockets are closed. */
  closed: Int32Array;
  /** Shared; see `interruptWords.ts`. */
  words: Int32Array;
  /** What children and native code write; undefined where it is not led here. */
  redirected: Redirected | undefined;
}

/** What this thread tells the main one; frames of a `request` are answered by a {@link ControlCommand}. */
export type ControlEvent =
  | { type: 'ready' }
  | { type: 'interrupt'; request: Message; cell: number }
  | { type: 'terminated'; cell: number }
  | { type: 'inherited'; name: 'stdout' | 'stderr'; text: string }
  | { type: 'drained' }
  | { type: 'shutdown'; request: Message; restart: boolean }
  | { type: 'orphaned' }
  | { type: 'request'; request: Message };

/** What the main thread wants: an answer sent on the control channel, or the sockets closed. */
export type ControlCommand = { type: 'answer'; frames: (Buffer | string)[] } | { type: 'close' };

/** Time in which the main thread may end the process in good order. */
const graceMilliseconds = 3000;

/** Ends the process if the main thread has not done so in its time. */
function endInTime(): void {
  setTimeout(() => process.kill(process.pid, 'SIGKILL'), graceMilliseconds).unref();
}

async function heartbeat(socket: Reply): Promise<void> {
  for await (const frames of socket) await socket.send(frames);
}

async function control(socket: Router, wire: Wire, words: Int32Array): Promise<void> {
  const answer = (request: Message, type: string, content: object) =>
    socket.send(wire.encode(type, content, request, { identities: request.identities }));
  const tell = (event: ControlEvent) => parentPort!.postMessage(event);
  for await (const frames of socket) {
    try {
      const request = wire.decode(frames);
      if (request.header.msg_type === 'interrupt_request') {
        void interruptMainThread(
          words,
          (cell) => tell({ type: 'interrupt', request, cell }),
          (cell) => tell({ type: 'terminated', cell }),
        );
        await answer(request, 'interrupt_reply', { status: 'ok' });
      } else if (request.header.msg_type === 'shutdown_request') {
        const restart = request.content.restart === true;
        endInTime();
        await answer(request, 'shutdown_reply', { status: 'ok', restart });
        tell({ type: 'shutdown', request, restart });
      } else {
        tell({ type: 'request', request });
      }
    } catch (error) {
      log((error as Error).message);
    }
  }
}

async function main(): Promise<void> {
  const { connection, session, closed, words, redirected } = workerData as ControlData;
  const tell = (event: ControlEvent) => parentPort!.postMessage(event);
  if (redirected) {
    logTo(redirected.log);
    readDescriptors(
      redirected.readers,
      (name, text) => {
        const { shown, logged } = name === 'stderr' ? splitLog(text) : { shown: text, logged: '' };
        if (logged) log(logged.trimEnd());
        if (shown) tell({ type: 'inherited', name, text: shown });
      },
      () => tell({ type: 'drained' }),
    );
  }
  const controlSocket = new Router({ sendTimeout: 0, sendHighWaterMark: 0, linger: 500 });
  const heartbeatSocket = new Reply({ linger: 0 });
  await controlSocket.bind(address(connection, connection.control_port));
  await heartbeatSocket.bind(address(connection, connection.hb_port));
  parentPort!.on('message', (command: ControlCommand) => {
    if (command.type === 'close') {
      controlSocket.close();
      heartbeatSocket.close();
      Atomics.store(closed, 0, 1);
      Atomics.notify(closed, 0);
      parentPort!.close();
    } else {
      // Buffers arrive from the other thread as plain byte arrays.
      const frames = command.frames.map((frame) => (typeof frame === 'string' ? frame : Buffer.from(frame)));
      void controlSocket.send(frames);
    }
  });
  whenOrphaned(() => {
    endInTime();
    tell({ type: 'orphaned' });
  });
  tell({ type: 'ready' });
  const wire = new Wire(connection, session);
  await Promise.all([heartbeat(heartbeatSocket), control(controlSocket, wire, words)]);
}

void main();
