import { parentPort, workerData } from 'node:worker_threads';
import { Router } from 'zeromq';
import { askCommand } from '../../src/base/host.js';
import { shared } from '../interrupt/interruptWords.js';
import { interruptMainThread } from '../interrupt/terminate.js';
import { type Redirected, readDescriptors } from '../process/inheritedOutput.js';
import { log, logTo } from '../process/log.js';
import { splitLog } from '../process/nativeLogs.js';
import { whenOrphaned } from '../process/parent.js';
import { Beside } from './beside.js';
import { type Claim, claim } from './claim.js';
import { kernelInfo } from './kernelInfo.js';
import { receive } from './receive.js';
import { address, type Connection, type Message, small, unlimited, Wire } from './wire.js';

/**
 * The thread that reads requests, of the shell and the control channel, and the heartbeat: a kernel that computes or
 * loads its compiler without a break must still be reachable. It is interrupted and ended from here, and says what it
 * is if the main thread does not; all else is the main thread's.
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

/** A channel that requests come on. */
export type Channel = 'shell' | 'control';

/** What this thread tells the main one; a `request` is answered by a {@link ControlCommand}. */
export type ControlEvent =
  | { type: 'ready' }
  | { type: 'interrupt'; request: Message; cell: number }
  | { type: 'terminated'; cell: number }
  | { type: 'inherited'; name: 'stdout' | 'stderr'; text: string }
  | { type: 'drained' }
  | { type: 'shutdown'; request: Message; restart: boolean }
  | { type: 'orphaned' }
  | { type: 'request'; request: Message; channel: Channel; open?: Claim };

/** Time in which the main thread may say what the kernel is, and tell everybody; front ends give up after seconds. */
const infoMilliseconds = 100;

/** What the main thread wants: an answer sent on a channel, a module that answers beside the cells, or the sockets closed. */
export type ControlCommand =
  | { type: 'answer'; channel: Channel; frames: (Buffer | string)[] }
  | { type: 'beside'; target: string; module: string; data: object }
  | { type: 'close' };

/** Turns that the main thread has to end the process in good order, and the time between two of them: three seconds. */
const grace = { turns: 30, milliseconds: 100 };

/**
 * Ends the process if the main thread has not done so in its time. The kernel's own work does not count: to load the
 * compiler takes seconds where cores are busy, and the main thread ends by itself after it. Turns are counted, not
 * the clock's seconds: this thread waits for a core as long as the other one does.
 */
function endInTime(words: Int32Array): void {
  let left = grace.turns;
  setInterval(() => {
    if (Atomics.load(words, shared.busy) === 0 && --left === 0) process.kill(process.pid, 'SIGKILL');
  }, grace.milliseconds).unref();
}

/** Sends all back. A Reply socket would do that too, but has nothing to give after a message without an empty frame. */
const heartbeat = (socket: Router): Promise<void> => receive(socket, (frames) => socket.send(frames));

/** The modules that answer beside the cells, by the name that they are asked by. */
const besides = new Map<string, Beside>();

/** The answer to a `debug_request` with {@link askCommand}. */
async function answerOf({ content }: Message): Promise<object> {
  const { seq, arguments: given } = content;
  const { target, request } = Object(given) as Record<string, unknown>;
  const reply = { seq: 0, type: 'response', request_seq: Number(seq ?? 0), command: askCommand };
  try {
    const beside = besides.get(String(target));
    if (!beside)
      throw new Error(`nothing in this kernel answers ${JSON.stringify(target)}; run its cell again`);
    return { ...reply, success: true, body: { answer: await beside.ask(request) } };
  } catch (error) {
    return { ...reply, success: false, message: `${askCommand}: ${(error as Error).message}`, body: {} };
  }
}

/** Reads a channel for good; what is not a message of a client with our key is reported and dropped. */
function serve(channel: Channel, socket: Router, wire: Wire, words: Int32Array): Promise<void> {
  const answer = (request: Message, type: string, content: object) =>
    socket.send(wire.encode(type, content, request, { identities: request.identities }));
  const tell = (event: ControlEvent) => parentPort!.postMessage(event);
  return receive(socket, async (frames) => {
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
      endInTime(words);
      await answer(request, 'shutdown_reply', { status: 'ok', restart });
      tell({ type: 'shutdown', request, restart });
    } else if (request.header.msg_type === 'kernel_info_request') {
      const open: Claim = new Int32Array(new SharedArrayBuffer(4));
      tell({ type: 'request', request, channel, open });
      setTimeout(
        () => claim(open) && void answer(request, 'kernel_info_reply', kernelInfo()),
        infoMilliseconds,
      ).unref();
    } else if (request.header.msg_type === 'debug_request' && request.content.command === askCommand) {
      const answered: Claim = new Int32Array(new SharedArrayBuffer(4));
      claim(answered);
      tell({ type: 'request', request, channel, open: answered });
      void answerOf(request).then((content) => answer(request, 'debug_reply', content));
    } else {
      tell({ type: 'request', request, channel });
    }
  });
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
  const sockets = { shell: new Router(unlimited), control: new Router(unlimited) };
  const heartbeatSocket = new Router(small);
  await sockets.shell.bind(address(connection, connection.shell_port));
  await sockets.control.bind(address(connection, connection.control_port));
  await heartbeatSocket.bind(address(connection, connection.hb_port));
  parentPort!.on('message', (command: ControlCommand) => {
    if (command.type === 'close') {
      for (const socket of [sockets.shell, sockets.control, heartbeatSocket]) socket.close();
      // A socket's handles are gone after the next turn of the loop; a process that exits before is aborted.
      setImmediate(() =>
        setImmediate(() => {
          Atomics.store(closed, 0, 1);
          Atomics.notify(closed, 0);
          parentPort!.close();
        }),
      );
    } else if (command.type === 'beside') {
      besides.get(command.target)?.close();
      besides.set(command.target, new Beside(command.module, command.data));
    } else {
      // Buffers arrive from the other thread as plain byte arrays.
      const frames = command.frames.map((frame) => (typeof frame === 'string' ? frame : Buffer.from(frame)));
      void sockets[command.channel].send(frames);
    }
  });
  whenOrphaned(() => {
    endInTime(words);
    tell({ type: 'orphaned' });
  });
  tell({ type: 'ready' });
  // One for both: a message that came on one channel is known again on the other.
  const wire = new Wire(connection, session);
  await Promise.all([
    heartbeat(heartbeatSocket),
    serve('shell', sockets.shell, wire, words),
    serve('control', sockets.control, wire, words),
  ]);
}

void main();
