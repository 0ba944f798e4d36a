import { createHmac, randomUUID, timingSafeEqual } from 'node:crypto';
import { Replays } from './replays.js';

/** The connection file that Jupyter hands to a kernel. */
export interface Connection {
  transport: string;
  ip: string;
  shell_port: number;
  iopub_port: number;
  stdin_port: number;
  control_port: number;
  hb_port: number;
  signature_scheme: string;
  key: string;
}

/** Who sent a message, and what kind it is. */
export interface Header {
  msg_id: string;
  session: string;
  username: string;
  date: string;
  msg_type: string;
  version: string;
}

/** One message of Jupyter's protocol. */
export interface Message {
  /** ZeroMQ routing frames: where an answer goes. */
  identities: Buffer[];
  header: Header;
  /** Id of the message that this one answers. */
  parentId: string | undefined;
  metadata: Record<string, unknown>;
  content: Record<string, unknown>;
  buffers: Uint8Array[];
  /** By which a replay is known; empty where the connection has no key. */
  signature: string;
}

/** What a message has besides its content. */
export interface EncodeOptions {
  id?: string;
  identities?: (Buffer | string)[];
  metadata?: object;
  buffers?: readonly Uint8Array[];
}

/** The protocol version that this kernel speaks. */
export const protocolVersion = '5.3';

/** The largest frame that is read; whoever announces a larger one is disconnected before it is held. */
const largestFrame = 128 * 2 ** 20;

/** The largest message of all its frames, behind a port that is guarded. */
export const largestMessage = 4 * largestFrame;

/**
 * Options of a socket: with no time-out and no limit a send is done at once or fails. Otherwise zeromq makes some 500
 * sends at once, queues the next and refuses all after it, and output is lost.
 */
export const unlimited = {
  sendTimeout: 0,
  sendHighWaterMark: 0,
  linger: 500,
  maxMessageSize: largestFrame,
};

/** Options of a socket that is only ever sent a few bytes. */
export const small = { linger: 0, sendTimeout: 0, maxMessageSize: 1024 };

const delimiter = Buffer.from('<IDS|MSG>');

/** The ZeroMQ address of one of the connection's ports. */
export function address(connection: Connection, port: number): string {
  const separator = connection.transport === 'ipc' ? '-' : ':';
  return `${connection.transport}://${connection.ip}${separator}${port}`;
}

/**
 * Writes and reads signed messages (HMAC-SHA256 of header, parent header, metadata and content).
 * Jupyter, "Messaging in Jupyter", section "The wire protocol".
 */
export class Wire {
  readonly #key: string;
  readonly #session: string;
  readonly #replays = new Replays();

  /** @param session this kernel's own session id, the same for all of its sockets */
  constructor(connection: Connection, session: string) {
    if (connection.key && connection.signature_scheme !== 'hmac-sha256')
      throw new Error(
        `kernel: signature_scheme must be hmac-sha256, received ${connection.signature_scheme}`,
      );
    this.#key = connection.key;
    this.#session = session;
  }

  /** Frames of a new message. */
  encode(
    type: string,
    content: object,
    parent: Message | undefined,
    options: EncodeOptions = {},
  ): (Buffer | string)[] {
    const header: Header = {
      msg_id: options.id ?? randomUUID(),
      session: this.#session,
      username: 'kernel',
      date: new Date().toISOString(),
      msg_type: type,
      version: protocolVersion,
    };
    const parts = [header, parent?.header ?? {}, options.metadata ?? {}, content].map(writeJson);
    // Sockets send without copying, and the caller may go on writing into its buffers.
    const buffers = (options.buffers ?? []).map((buffer) => Buffer.from(buffer));
    return [...(options.identities ?? []), delimiter, this.#sign(parts), ...parts, ...buffers];
  }

  /**
   * Reads the frames of a message.
   * @throws {Error} if the frames are not a message, the signature is wrong, or the message came before
   */
  decode(frames: Buffer[]): Message {
    const start = frames.findIndex((frame) => frame.equals(delimiter));
    if (start < 0 || frames.length < start + 6)
      throw new Error('kernel: received frames that are not a message');
    const parts = frames.slice(start + 2, start + 6);
    this.#verify(frames[start + 1], parts);
    const [header, parent, metadata, content] = parts.map(parse);
    if (![header, parent, metadata, content].every(isObject) || !isHeader(header))
      throw new Error('kernel: received parts that are not a message');
    const signature = this.#key && frames[start + 1].toString();
    if (!this.isNew({ signature, header }))
      throw new Error(`kernel: received message ${header.msg_id} again`);
    return {
      identities: frames.slice(0, start),
      header,
      parentId: parent.msg_id as string | undefined,
      metadata,
      content,
      buffers: frames.slice(start + 6),
      signature,
    };
  }

  /**
   * Whether a message has not come before; it is taken as come from now on. Ids do not tell: the manager of a kernel and
   * its clients are clones of one session, each with a counter of its own.
   */
  isNew({ signature, header }: Pick<Message, 'signature' | 'header'>): boolean {
    return !signature || this.#replays.isNew(signature, header);
  }

  #sign(parts: (Buffer | string)[]): string {
    if (!this.#key) return '';
    const hmac = createHmac('sha256', this.#key);
    for (const part of parts) hmac.update(part);
    return hmac.digest('hex');
  }

  #verify(received: Buffer, parts: Buffer[]): void {
    if (!this.#key) return;
    const expected = Buffer.from(this.#sign(parts));
    if (received.length !== expected.length || !timingSafeEqual(received, expected))
      throw new Error('kernel: received a message with a wrong signature');
  }
}

/** JSON without halves of surrogate pairs, which no UTF-8 file can hold: a notebook with one could not be saved. */
function writeJson(part: object): string {
  const text = JSON.stringify(part);
  // Whole pairs are written as they are, halves as an escape.
  return text.includes('\\ud')
    ? text.replace(/(?<=(?<!\\)(?:\\\\)*)\\ud[89a-f][0-9a-f]{2}/g, '\uFFFD')
    : text;
}

function parse(part: Buffer) {
  try {
    return JSON.parse(part.toString());
  } catch (cause) {
    throw new Error('kernel: received parts that are not valid JSON', { cause });
  }
}

type JsonObject = Record<string, unknown>;

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isHeader = (header: JsonObject): boolean =>
  typeof header.msg_id === 'string' && typeof header.msg_type === 'string';
