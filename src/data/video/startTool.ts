import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { childEnvironment } from '../../base/childEnvironment.js';
import { packageRoot } from '../../base/packageRoot.js';
import { killTool, spawnTool, type ToolCommand, type ToolEvents } from './spawnTool.js';
import { hold, readParts, type StayingProcess } from './stayingProcess.js';
import { kinds, partHead } from './toolParts.js';

/** What is told of a tool that is given an input. */
interface FedToolEvents extends ToolEvents {
  /** Some of its input has been taken. */
  onInput(): void;
}

/** A tool that runs. */
export interface RunningTool {
  /** Ends it, whatever it does; what it still writes is not told. */
  kill(): void;
}

/** From so many bytes of memory on, Linux takes longer to fork a process than another one to start the tool. */
const large = 128 << 20;
/** As it is built, also for the library's sources. */
const entry = join(packageRoot, 'dist', 'src', 'data', 'video', 'toolStarter.js');
const isBuilt = existsSync(entry);

/**
 * Starts a tool. On Linux a process copies its page tables to start another, 35 ms for each GiB in which all of its threads
 * stand still: where this one is large, a small one starts it.
 */
export function startTool(
  command: ToolCommand,
  input: Uint8Array | undefined,
  events: FedToolEvents,
): RunningTool {
  const apart = process.platform === 'linux' && isBuilt && process.memoryUsage.rss() > large;
  if (!apart) return startHere(command, input, events);
  starter ??= new Starter();
  return starter.start(command, input, events);
}

function startHere(command: ToolCommand, input: Uint8Array | undefined, events: FedToolEvents): RunningTool {
  const child = spawnTool(command, events);
  child.stdin?.on('drain', () => events.onInput());
  child.stdin?.end(input);
  return { kill: () => killTool(child) };
}

/** Bytes of a tool's input that are on their way at a time. */
const inputLength = 1 << 20;

interface ApartTool {
  events: FedToolEvents;
  /** What of its input is not on its way yet. */
  input?: Buffer;
}

/** The process that starts tools for this one. It ends with it, and keeps it alive only while a tool runs. */
class Starter {
  private readonly child: StayingProcess;
  private readonly tools = new Map<number, ApartTool>();
  private count = 0;

  constructor() {
    const child = spawn(process.execPath, [entry], {
      stdio: ['pipe', 'pipe', 'ignore'],
      env: childEnvironment(),
    });
    this.child = child;
    const fail = (reason: string) => this.end(`the process that starts ffmpeg ended: ${reason}`);
    child.on('error', ({ message }) => fail(message));
    child.on('exit', (status, signal) => fail(signal ?? `status ${status}`));
    readParts(
      child,
      (tool, kind, bytes) => this.take(tool, kind, bytes),
      () => this.end('ffmpeg was interrupted'),
    );
    hold(this.child, false);
  }

  start(command: ToolCommand, input: Uint8Array | undefined, events: FedToolEvents): RunningTool {
    const tool = this.count++;
    const bytes = input && Buffer.from(input.buffer, input.byteOffset, input.byteLength);
    this.tools.set(tool, { events, ...(bytes && { input: bytes }) });
    hold(this.child, true);
    this.say(tool, kinds.begin, Buffer.from(JSON.stringify(command)));
    this.giveMore(tool);
    return {
      kill: () => {
        if (this.tools.has(tool)) this.say(tool, kinds.kill, Buffer.alloc(0));
      },
    };
  }

  private take(tool: number, kind: number, bytes: Buffer): void {
    const own = this.tools.get(tool);
    if (kind >= kinds.output) own?.events.onOutput(kind - kinds.output, bytes);
    else if (kind === kinds.input) {
      own?.events.onInput();
      this.giveMore(tool);
    } else if (kind === kinds.end) {
      this.tools.delete(tool);
      if (this.tools.size === 0) hold(this.child, false);
      own?.events.onEnd(JSON.parse(bytes.toString()));
    }
  }

  /** The next bytes of a tool's input, or its end. */
  private giveMore(tool: number): void {
    const own = this.tools.get(tool);
    if (!own?.input) return;
    const bytes = own.input.subarray(0, inputLength);
    this.say(tool, kinds.input, bytes);
    own.input = bytes.length > 0 ? own.input.subarray(bytes.length) : undefined;
  }

  private say(tool: number, kind: number, bytes: Buffer): void {
    this.child.stdin.write(partHead(tool, kind, bytes.length));
    if (bytes.length > 0) this.child.stdin.write(bytes);
  }

  private end(reason: string): void {
    if (starter === this) starter = undefined;
    const ended = [...this.tools.values()];
    this.tools.clear();
    hold(this.child, false);
    this.child.stdin.destroy(); // which ends it and its tools
    for (const { events } of ended) events.onEnd({ status: null, killedBy: null, error: reason });
  }
}

let starter: Starter | undefined;
