import { inspect, types } from 'node:util';

/** An error as the protocol tells it. */
export interface ErrorContent {
  ename: string;
  evalue: string;
  traceback: string[];
}

/**
 * Name, message and stack of whatever a cell threw, always texts: what throws when it is looked at, or is not text, is
 * shown as well as it can be.
 */
export function errorContent(error: unknown): ErrorContent {
  if (!isError(error)) {
    const text = shown(error);
    return { ename: 'Error', evalue: text, traceback: text.split('\n') };
  }
  const stack = attempt(() => error.stack);
  // A stack without frames is written for the reader; inspect would put it in brackets.
  const isWritten = typeof stack === 'string' && !/\n\s+at /.test(stack);
  const text = isWritten ? stack : shown(error);
  const hint = installHint(error);
  return {
    ename: textOf(attempt(() => error.name)) || 'Error',
    evalue: textOf(attempt(() => error.message)),
    traceback: [...text.split('\n'), ...(hint ? [hint] : [])],
  };
}

/** What to do where a package is not installed. */
function installHint(error: Error): string | undefined {
  const code = attempt(() => (error as NodeJS.ErrnoException).code);
  if (code !== 'MODULE_NOT_FOUND' && code !== 'ERR_MODULE_NOT_FOUND') return undefined;
  const [, name] =
    /^Cannot find (?:module|package) '([^']+)'/.exec(textOf(attempt(() => error.message))) ?? [];
  return name === undefined ? undefined : npmHint(name);
}

/** The hint at the package of a specifier; undefined for a path and for a module of Node. */
export function npmHint(specifier: string): string | undefined {
  if (!/^(@[\w.-]+\/)?[\w-]/.test(specifier) || specifier.startsWith('node:')) return undefined;
  const name = specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
  return `Is the package installed? await sr.notebook.npm(${JSON.stringify(name)}), after import * as sr from 'solireward'.`;
}

/** What a cell threw, as it is told: to look at a thrown value runs code of the user, which may loop or throw itself. */
export class Failure extends Error {
  readonly content: ErrorContent;

  constructor(cause: unknown) {
    const content = errorContent(cause);
    super(content.evalue);
    this.content = content;
  }
}

/** A value as Node prints it, or what can be said of one that does not let itself be looked at. */
export function shown(value: unknown): string {
  const text = attempt(() => inspect(value)) ?? attempt(() => inspect(value, { customInspect: false }));
  if (typeof text === 'string') return text;
  const type = typeof value;
  return types.isProxy(value) ? 'a Proxy that cannot be shown' : `a value that cannot be shown (${type})`;
}

/** Whether a value is an error, also one of another realm, without a question to the value itself. */
function isError(value: unknown): value is Error {
  return (
    types.isNativeError(value) || (!types.isProxy(value) && attempt(() => value instanceof Error) === true)
  );
}

/** A text as it is, nothing for undefined, and what can be said of all else. */
export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : value === undefined ? '' : shown(value);
}

/** What a function gives; undefined where it throws. */
export function attempt<T>(look: () => T): T | undefined {
  try {
    return look();
  } catch {
    return undefined;
  }
}
