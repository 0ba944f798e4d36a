import { types } from 'node:util';
import { attempt } from './errors.js';
import { ownValue, shortLine, sizeOf } from './records.js';

/** A variable, or a part of one, as the debug protocol tells it. */
export interface Variable {
  name: string;
  value: string;
  type: string;
  /** By which its parts are asked for; 0 where there are none. */
  variablesReference: number;
}

/** Parts that are listed of a value, and characters of a value. */
const limit = { parts: 100, text: 200 };

/**
 * Values as they are looked at one level at a time. Nothing of them is run: no getter, no proxy, no method of their own.
 */
export class Variables {
  /** The values whose parts may be asked for. */
  readonly #referred = new Map<number, object>();
  #count = 0;

  /** Lets go of all values; their references mean nothing any more. */
  forget(): void {
    this.#referred.clear();
  }

  /** A value under a name. */
  describe(name: string, value: unknown): Variable {
    const hasParts = attempt(() => partCount(value)) ?? 0;
    return {
      name,
      value: shortLine(value, limit.text),
      type: typeOf(value),
      variablesReference: hasParts > 0 ? this.#refer(value as object) : 0,
    };
  }

  /**
   * The parts of a value: of an array or Set its values, of a Map its entries, of another object its own properties.
   * @returns undefined for a reference that means nothing
   */
  parts(reference: number, start = 0, count = limit.parts): Variable[] | undefined {
    const value = this.#referred.get(reference);
    if (!value) return undefined;
    const most = Math.min(count > 0 ? count : limit.parts, limit.parts);
    const listed = partsOf(value, start, most).map(([name, part]) => this.describe(name, part));
    const left = partCount(value) - start - listed.length;
    return left > 0
      ? [
          ...listed,
          { name: '…', value: `${left.toLocaleString('en')} more`, type: '', variablesReference: 0 },
        ]
      : listed;
  }

  #refer(value: object): number {
    this.#referred.set(++this.#count, value);
    return this.#count;
  }
}

function partCount(value: unknown): number {
  if (typeof value !== 'object' || value === null || types.isProxy(value)) return 0;
  if (types.isMap(value) || types.isSet(value)) return sizeOf(value);
  if (Array.isArray(value) || types.isTypedArray(value)) return value.length;
  return Object.keys(value).length;
}

function partsOf(value: object, start: number, count: number): [name: string, part: unknown][] {
  const isWanted = (_: unknown, i: number) => i >= start && i < start + count;
  if (types.isMap(value) || types.isSet(value)) {
    const entries: [unknown, unknown][] = [];
    const isMap = types.isMap(value);
    const all = isMap ? Map.prototype.entries.call(value) : Set.prototype.values.call(value);
    for (const entry of all) {
      if (entries.length === start + count) break;
      entries.push((isMap ? entry : [entries.length, entry]) as [unknown, unknown]);
    }
    return entries.filter(isWanted).map(([key, part]) => [shortLine(key, 60), part]);
  }
  const names =
    Array.isArray(value) || types.isTypedArray(value)
      ? Array.from({ length: Math.max(0, Math.min(count, value.length - start)) }, (_, i) =>
          String(start + i),
        )
      : Object.keys(value).filter(isWanted);
  // The exports of a module have no value before it has run.
  return names.map((name) => [name, attempt(() => ownValue(value, name))]);
}

/** The name of a value's class, or what `typeof` says of what has none. */
function typeOf(value: unknown): string {
  // JupyterLab would take what is called `function` for a group of variables.
  if (typeof value === 'function') return 'Function';
  if (typeof value !== 'object' || value === null) return value === null ? 'null' : typeof value;
  if (types.isProxy(value)) return 'Proxy';
  if (types.isModuleNamespaceObject(value)) return 'module';
  const prototype: unknown = Object.getPrototypeOf(value);
  if (typeof prototype !== 'object' || prototype === null || types.isProxy(prototype)) return 'object';
  const made = ownValue(prototype, 'constructor');
  const name = typeof made === 'function' && !types.isProxy(made) ? ownValue(made, 'name') : undefined;
  const known = typeof name === 'string' && name ? name : 'object';
  return Array.isArray(value) || types.isTypedArray(value) ? `${known}(${value.length})` : known;
}
