import { execFileSync } from 'node:child_process';
import { closeSync, constants, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** Names of the streams by their file descriptors. */
const streams = ['stdin', 'stdout', 'stderr'] as const;

/** Where what is written to descriptors 1 and 2 can be read, and a descriptor of the former 2. */
export interface Redirected {
  readers: [stdout: number, stderr: number];
  log: number;
}

/**
 * Leads the file descriptors 1 and 2 of this process into pipes: what child processes inherit, and what native code
 * writes to. Node can close and open a descriptor, and the system gives the lowest free one: so nothing else may open
 * files meanwhile; call it first.
 * @returns undefined where there are no named pipes; then such output goes where it went before
 */
export function redirectDescriptors(): Redirected | undefined {
  // Made now, Node's own streams leave the pipes alone; they would make them non-blocking, for children too.
  void process.stdout;
  void process.stderr;
  const folder = mkdtempSync(join(tmpdir(), 'solireward-pipes-'));
  try {
    const paths = ['stdout', 'stderr'].map((name) => join(folder, name));
    execFileSync('mkfifo', ['-m', '600', ...paths], { stdio: 'ignore' });
    const readers = paths.map((path) => openSync(path, constants.O_RDONLY | constants.O_NONBLOCK));
    const log = openLog();
    paths.forEach((path, i) => {
      closeSync(i + 1);
      openSync(path, constants.O_WRONLY);
    });
    return { readers: readers as Redirected['readers'], log };
  } catch {
    return undefined;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Another descriptor of stderr, for the log. A socket cannot be opened again; then nobody reads the log. */
function openLog(): number {
  try {
    return openSync('/dev/stderr', 'a');
  } catch {
    return openSync('/dev/null', 'a');
  }
}

/** A text between what is written before and after it, so that the reader can tell that all before it has come. */
const marker = '\u0000solireward:drained\u0000';

/**
 * Reads the pipes, in a thread that is never blocked: a child that writes much would wait for a busy main thread, and
 * a main thread that waits for such a child would wait for good.
 * @param show is given the text
 * @param drained is called when a mark has come through a pipe, see {@link markDescriptors}
 */
export function readDescriptors(
  readers: Redirected['readers'],
  show: (name: 'stdout' | 'stderr', text: string) => void,
  drained: () => void,
): void {
  readers.forEach((fd, i) => {
    const name = streams[i + 1] as 'stdout' | 'stderr';
    let rest = '';
    const socket = new Socket({ fd, readable: true, writable: false });
    socket.setEncoding('utf8');
    socket.on('data', (chunk: string) => {
      const parts = (rest + chunk).split(marker);
      const last = parts.pop()!;
      // A mark may come in two pieces.
      const cut = last.lastIndexOf('\u0000');
      const keep = cut >= 0 && marker.startsWith(last.slice(cut)) ? last.slice(cut) : '';
      rest = keep;
      for (const part of parts) {
        if (part) show(name, part);
        drained();
      }
      const text = last.slice(0, last.length - keep.length);
      if (text) show(name, text);
    });
  });
}

/** Waits until all that has been written to descriptors 1 and 2 has been read. */
export class Drain {
  #marks = 0;
  #done: () => void = () => {};

  /** Called for each mark that has come. */
  readonly arrived = (): void => {
    if (--this.#marks === 0) this.#done();
  };

  /** Resolves when everything has come, at the latest after a moment. */
  async wait(): Promise<void> {
    this.#marks += 2;
    const done = new Promise<void>((resolve) => {
      this.#done = resolve;
    });
    for (const fd of [1, 2]) writeSync(fd, marker);
    await Promise.race([done, sleep(momentMilliseconds, undefined, { ref: false })]);
  }
}

const momentMilliseconds = 500;
