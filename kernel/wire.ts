import { createHmac, randomUUID, timingSafeEqual } from 'node:crypto';

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
  content: Record<string, unknown>;
  buffers: Uint8Array[];
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
  readonly #seen = new Set<string>();

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
    const parts = [header, parent?.header ?? {}, options.metadata ?? {}, content].map((part) =>
      JSON.stringify(part),
    );
    // Sockets send without copying, and the caller may go on writing into its buffers.
    const buffers = (options.buffers ?? []).map((buffer) => Buffer.from(buffer));
    return [...(options.identities ?? []), delimiter, this.#sign(parts), ...parts, ...buffers];
  }

  /**
   * Reads the frames of a message.
   * @throws {Error} if the frames are no message, or the signature is wrong or was used before
   */
  decode(frames: Buffer[]): Message {
    const start = frames.findIndex((frame) => frame.equals(delimiter));
    if (start < 0 || frames.length < start + 6)
      throw new Error('kernel: received frames that are no message');
    const parts = frames.slice(start + 2, start + 6);
    this.#verify(frames[start + 1], parts);
    const [header, parent, , content] = parts.map((part) => JSON.parse(part.toString()));
    return {
      identities: frames.slice(0, start),
      header,
      parentId: parent?.msg_id,
      content,
      buffers: frames.slice(start + 6),
    };
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
    const signature = received.toString();
    if (this.#seen.has(signature)) throw new Error('kernel: received the same message again');
    this.#seen.add(signature);
    if (this.#seen.size > 65_536) this.#seen.delete(this.#seen.values().next().value!);
  }
}
