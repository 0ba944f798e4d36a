import type { Widget } from '@lumino/widgets';
import { askCommand, type Comm } from '../../../src/base/host.js';

// What this file uses of @jupyterlab/services, whose own types would bring some fifty packages.
interface Signal<Sender, Value> {
  connect(slot: (sender: Sender, value: Value) => void): boolean;
  disconnect(slot: (sender: Sender, value: Value) => void): boolean;
}
interface CommMessage {
  content: { data: Record<string, unknown> };
  buffers?: (ArrayBuffer | ArrayBufferView)[];
}
interface KernelComm {
  readonly commId: string;
  readonly isDisposed: boolean;
  onMsg: (message: CommMessage) => void;
  onClose: (message: CommMessage) => void;
  open(data: object): unknown;
  send(data: object, metadata?: object, buffers?: ArrayBufferView[]): unknown;
  close(data?: object): unknown;
}
interface DebugReply {
  content: { success: boolean; message?: string; body: Record<string, unknown> };
}
interface Kernel {
  createComm(target: string): KernelComm;
  requestDebug(content: object): { onReply: (reply: DebugReply) => void };
  readonly statusChanged: Signal<Kernel, string>;
}
interface SessionContext {
  /** Resolves when the notebook has been connected to its kernel. */
  readonly ready: Promise<void>;
  readonly session: { readonly kernel: Kernel | null } | null;
  readonly kernelChanged: Signal<SessionContext, unknown>;
}

const ended = new Set(['restarting', 'autorestarting', 'terminating', 'dead']);

/**
 * Opens a comm to the kernel of the notebook or console that a widget is in. It closes when the kernel ends, restarts
 * or is changed, too.
 * @throws {Error} where the widget is in no notebook, or the notebook has no running kernel
 */
export function openComm(widget: Widget, target: string, data: object = {}): Comm {
  const context = sessionOf(widget);
  const kernel = context?.session?.kernel;
  if (!context || !kernel) throw new Error('This notebook has no running kernel.');
  const comm = kernel.createComm(target);
  let onClose = () => {};
  let open = true;
  const end = () => {
    if (!open) return;
    open = false;
    context.kernelChanged.disconnect(end);
    kernel.statusChanged.disconnect(endIfEnded);
    onClose();
  };
  const endIfEnded = (_: unknown, status: string) => {
    if (ended.has(status)) end();
  };
  context.kernelChanged.connect(end);
  kernel.statusChanged.connect(endIfEnded);
  comm.onClose = end;
  comm.open(data);
  return {
    id: comm.commId,
    send(message, buffers) {
      if (!open) throw new Error('The kernel has ended or was restarted.');
      comm.send(message, {}, buffers?.slice());
    },
    onMessage(handler) {
      comm.onMsg = ({ content, buffers = [] }) => handler(content.data, buffers.map(bytes));
    },
    onClose(handler) {
      onClose = handler;
    },
    close(message) {
      if (!open) return;
      onClose = () => {};
      end();
      if (!comm.isDisposed) comm.close(message);
    },
  };
}

/**
 * Asks what answers beside the cells, also while one of them computes. Rejects where nothing does; never ends where the kernel
 * does not answer.
 * @param target the name that is asked
 */
export async function askBeside(widget: Widget, target: string, request: object): Promise<object> {
  const kernel = sessionOf(widget)?.session?.kernel;
  if (!kernel) throw new Error('This notebook has no running kernel.');
  const { content } = await new Promise<DebugReply>((resolve) => {
    const asked = { type: 'request', seq: 0, command: askCommand, arguments: { target, request } };
    kernel.requestDebug(asked).onReply = resolve;
  });
  if (!content.success) throw new Error(content.message);
  return content.body.answer as object;
}

/** Resolves when the notebook or console that a widget is in is connected to its kernel: a page that loads is not yet. */
export async function kernelReady(widget: Widget): Promise<void> {
  await sessionOf(widget)?.ready;
}

function sessionOf(widget: Widget): SessionContext | undefined {
  for (let place: Widget | null = widget; place; place = place.parent) {
    if ('sessionContext' in place) return place.sessionContext as SessionContext;
  }
  return undefined;
}

const bytes = (buffer: ArrayBuffer | ArrayBufferView): Uint8Array =>
  buffer instanceof ArrayBuffer
    ? new Uint8Array(buffer)
    : new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength);
