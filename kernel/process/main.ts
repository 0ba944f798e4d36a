import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { Publisher, Router } from 'zeromq';
import { type Host, hostKey } from '../../src/base/host.js';
import { errorContent } from '../cells/errors.js';
import { Interruption, isInterrupted } from '../interrupt/interruption.js';
import { shared } from '../interrupt/interruptWords.js';
import { claim } from '../protocol/claim.js';
import type { ControlCommand, ControlData, ControlEvent } from '../protocol/control.js';
import { boundAt, guardFolder } from '../protocol/guard.js';
import { receive } from '../protocol/receive.js';
import { type Connection, type Message, small, unlimited, Wire } from '../protocol/wire.js';
import { keepCompiled } from './compiledModules.js';
import { Drain, redirectDescriptors } from './inheritedOutput.js';
import { logTo } from './log.js';
import { Output } from './output.js';

/** Time in which the control thread closes its sockets before the process exits: long, for it may have to wait for a core. */
const closeMilliseconds = 5000;

/** Time in which clients that have waited for the sockets are told the state, before the compiler takes this thread. */
const greetingMilliseconds = 100;

/** The kernel's process: `node main.js <connection file>`. */
async function main(connectionFile: string): Promise<void> {
  const redirected = redirectDescriptors();
  if (redirected) logTo(redirected.log);
  const connection = JSON.parse(readFileSync(connectionFile, 'utf8')) as Connection;
  const session = randomUUID();
  const wire = new Wire(connection, session);
  const guarded = await guardFolder(connection);
  const iopub = new Publisher({ ...unlimited, maxMessageSize: small.maxMessageSize });
  // Mandatory: to ask a client that does not listen is an error.
  const stdin = new Router({ ...unlimited, mandatory: true });
  const closed = new Int32Array(new SharedArrayBuffer(4));
  const words = new Int32Array(new SharedArrayBuffer(16));
  // Before their ports are open.
  await iopub.bind(boundAt(connection, 'iopub', connection.iopub_port, guarded));
  await stdin.bind(boundAt(connection, 'stdin', connection.stdin_port, guarded));
  const control = new Worker(new URL('../protocol/control.js', import.meta.url), {
    workerData: { connection, session, guarded, closed, words, redirected } satisfies ControlData,
  });
  const drain = new Drain();
  const output = new Output(iopub, wire, () => (redirected ? drain.wait() : Promise.resolve()));

  // A process that exits with open sockets is aborted by zeromq, and a cell may call process.exit. Nothing
  // asynchronous runs any more then, so this waits for the other thread.
  process.on('exit', () => {
    output.flush();
    // Before the other thread, which gives on what they send last.
    for (const socket of [iopub, stdin]) socket.close();
    control.postMessage({ type: 'close' } satisfies ControlCommand);
    Atomics.wait(closed, 0, 0, closeMilliseconds);
  });

  const early: ControlEvent[] = [];
  const keep = (event: ControlEvent) => early.push(event);
  control.on('message', keep);

  // TypeScript takes a while to load; meanwhile clients connect, and the control thread says what this is.
  keepCompiled();
  Atomics.store(words, shared.busy, 1); // until requests that came meanwhile have been taken
  const { Cells } = await import('../cells/cells.js');
  const { consoleTable } = await import('../cells/consoleTable.js');
  const { Server } = await import('../protocol/server.js');
  const sendInputRequest = (id: string, content: object, request: Message) =>
    stdin.send(wire.encode('input_request', content, request, { identities: request.identities, id }));
  const interruption = new Interruption(words);
  const makeCells = () => new Cells(process.cwd(), interruption);
  const answerBeside = (target: string, { href }: URL, data: object) =>
    control.postMessage({ type: 'beside', target, module: href, data } satisfies ControlCommand);
  const server = new Server(makeCells, interruption, output, sendInputRequest, answerBeside);
  (globalThis as { [hostKey]?: Host })[hostKey] = server;
  console.table = consoleTable((bundle) => server.display(bundle));
  // Not before: who listens has connected by now.
  output.publish('status', { execution_state: 'starting' });

  const warmUp = setTimeout(() => server.warmUp(), greetingMilliseconds);
  const endSoon = () => {
    clearTimeout(warmUp);
    // Time for the last messages, and for a training to write its checkpoint; the control thread waits longer.
    setTimeout(() => process.exit(0), 300);
  };
  const end = (request: Message, restart: boolean) => {
    server.shutdown(request, restart);
    endSoon();
  };
  const take = (event: ControlEvent) => {
    if (event.type === 'interrupt') server.interrupt(event.request, event.cell);
    if (event.type === 'terminated') interruption.end(event.cell);
    if (event.type === 'inherited') output.print(event.name, event.text);
    if (event.type === 'drained') drain.arrived();
    if (event.type === 'shutdown') end(event.request, event.restart);
    if (event.type === 'orphaned') {
      interruption.abort();
      endSoon();
    }
    if (event.type === 'request') {
      const { request, channel, open } = event;
      // The control thread knows only the messages of its own channel.
      if (!wire.isNew(request)) return;
      // Who has asked waits for the end of it too, which only this thread can publish.
      if (open && !claim(open)) return server.publishAnswered(request);
      server.handle(request, (type, content) => {
        const frames = wire.encode(type, content, request, { identities: request.identities });
        control.postMessage({ type: 'answer', channel, frames } satisfies ControlCommand);
      });
    }
  };
  // Ctrl-C where the kernel was started in a terminal is meant for the front end.
  process.on('SIGINT', () => {});
  // What fails after its cell has ended is shown there, and the kernel lives on.
  const showLateError = (error: unknown) => {
    if (isInterrupted(error)) return;
    output.print('stderr', `${errorContent(error).traceback.join('\n')}\n`);
  };
  process.on('uncaughtException', showLateError);
  process.on('unhandledRejection', showLateError);

  output.captureProcess();
  control.off('message', keep);
  control.on('message', take);
  early.forEach(take);
  Atomics.store(words, shared.busy, 0);
  await receive(stdin, (frames) => server.receiveInput(wire.decode(frames)));
}

void main(process.argv[2]);
