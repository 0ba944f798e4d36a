import { type SourceMap as Lookup, SourceMap, type SourceMapPayload } from 'node:module';

/** A place in what the user wrote; both count from 1. */
export interface Position {
  line: number;
  column: number;
}

interface Source {
  /** How a reader calls it: `Cell [12]`, or a path. */
  label: string;
  /** From the code that runs back to what the user wrote, one map a step, as JSON: few are ever looked into. */
  maps: readonly string[];
  lookups?: Lookup[];
}

const sources = new Map<string, Source>();

/** The inline source map of a compiled file, as JSON, and the code without it. */
export function splitInlineMap(js: string): { code: string; map: string } {
  const [comment, base64] = /\n\/\/# sourceMappingURL=data:[^,]*;base64,(\S+)\s*$/.exec(js) ?? ['', 'e30='];
  return {
    code: js.slice(0, js.length - comment.length),
    map: Buffer.from(base64, 'base64').toString(),
  };
}

/**
 * Makes tracebacks tell places in what the user wrote.
 * @param file name of the script that runs
 * @param label how the traceback calls it
 * @param maps source maps as JSON, the last step of the compilation first
 */
export function addSource(file: string, label: string, maps: readonly string[]): void {
  sources.set(file, { label, maps });
}

/** Where in what the user wrote a place of the running code comes from; undefined for code that nobody wrote. */
export function originalPosition(file: string, { line, column }: Position): Position | undefined {
  const source = sources.get(file);
  if (!source) return undefined;
  let place = { line: line - 1, column: column - 1 };
  source.lookups ??= source.maps.map((map) => new SourceMap(JSON.parse(map) as SourceMapPayload));
  for (const map of source.lookups) {
    const entry = map.findEntry(place.line, place.column);
    if (!('originalLine' in entry) || entry.originalLine === undefined) return undefined;
    place = { line: entry.originalLine, column: entry.originalColumn };
  }
  return { line: place.line + 1, column: place.column + 1 };
}

const isCell = (label: string): boolean => /^\w+ \[.*\]$/.test(label);

/** `Cell [12], line 3, column 7`, or `path:3:7`. */
export function placeText(label: string, { line, column }: Position): string {
  return isCell(label) ? `${label}, line ${line}, column ${column}` : `${label}:${line}:${column}`;
}

/**
 * Has V8 write stacks of errors in the places of what the user wrote, without the frames of the kernel.
 * @param isKernel whether a file is the kernel's own
 */
export function mapStacks(isKernel: (file: string) => boolean): void {
  Error.prepareStackTrace = (error, frames) => {
    const hasCell = frames.some((frame) => sources.has(frame.getFileName() ?? ''));
    const shown = hasCell ? framesOfUser(frames, isKernel) : frames;
    return [headOf(error), ...shown.map((frame) => `    at ${frameText(frame)}`)].join('\n');
  };
}

/** What goes on with code behind an `await`: it stands in a stack only where several timers were due at once. */
const eventLoop: readonly string[] = ['node:internal/process/task_queues', 'node:internal/timers'];

/** Leaves out the frames of the kernel and of the event loop, and what has called the cell. */
function framesOfUser(frames: NodeJS.CallSite[], isKernel: (file: string) => boolean): NodeJS.CallSite[] {
  const files = frames.map((frame) => frame.getFileName() ?? '');
  const last = files.findLastIndex((file) => sources.has(file));
  return frames.filter((_, i) => i <= last && !isKernel(files[i]) && !eventLoop.includes(files[i]));
}

function headOf(error: Error): string {
  try {
    return String(Error.prototype.toString.call(error));
  } catch {
    return 'Error';
  }
}

/** As V8 writes a frame, but without the type of its `this`: to ask for that ends the process in some frames. */
function frameText(frame: NodeJS.CallSite): string {
  const file = frame.getFileName() ?? '';
  const source = sources.get(file);
  const running = { line: frame.getLineNumber() ?? 1, column: frame.getColumnNumber() ?? 1 };
  const position = source ? originalPosition(file, running) : running;
  const label = source?.label ?? (file || '<anonymous>');
  const place = frame.isNative() ? 'native' : position ? placeText(label, position) : label;
  const name = [
    (frame as { isAsync?(): boolean }).isAsync?.() ? 'async' : '',
    frame.isConstructor() ? 'new' : '',
    frame.getFunctionName() ?? '',
  ];
  const text = name.filter(Boolean).join(' ');
  return frame.getFunctionName() ? `${text} (${place})` : `${text} ${place}`.trimStart();
}
