import * as sr from '../../src/index.js';

/** The rooms, and beside them what stands on the package's own face. */
export const rooms = Object.entries(sr).filter(([, face]) => typeof face === 'object') as [string, object][];
export const alone = Object.entries(sr).flatMap(([name, face]) => (typeof face === 'function' ? [name] : []));

export const isClass = (value: unknown) => typeof value === 'function' && /^class\b/.test(String(value));

/** The defaults in the head of a function, but for empty options, by their names. */
export function defaultsInHead(value: (...args: never[]) => unknown): [name: string, value: string][] {
  const [, head = ''] = /^(?:async )?function\*? \w+\(([\s\S]*?)\) \{\n/.exec(String(value)) ?? [];
  const found = head.matchAll(/\b(\w+) = ('[^'\n]*'|[\w.]+(?![\w(.])|\[\])(?=[\s,}]|$)/g);
  return [...found].map(([, name, given]) => [name, given]);
}
