// Damages bytes and texts the way disks, servers, editors and hostile people do.

/** @import { Chance } from './random.mjs' */
/** @typedef {(bytes: Buffer, random: Chance, others: Buffer[]) => Buffer} Step */

/** What a number may become. */
const numbers = [
  ...['0', '-1', '1', '0.5', '1e9', '-1e9', '1e400', '-1e400', 'NaN', 'Infinity', '-Infinity', '1e-400'],
  ...['2147483648', '4294967296', '9007199254740993', '18446744073709551616', '1e308', '""', 'null'],
];
/** What a value of JSON, or a field, may become. */
const values = [
  ...[
    'null',
    'true',
    '[]',
    '{}',
    '""',
    '"\\u0000"',
    '"\\ud800"',
    '[[]]',
    '{"a":{}}',
    '"NaN"',
    '"../../x"',
    "'",
    '"',
  ],
  ...[
    '{"__proto__":1}',
    '"__proto__"',
    '"constructor"',
    '"toString"',
    '-',
    '\u2028',
    '\ufeff',
    '雪',
    '\r',
    '\t',
    '\0',
  ],
];
const large = [() => `[${'['.repeat(20_000)}`, () => `"${'x'.repeat(200_000)}"`, () => '9'.repeat(50_000)];

/**
 * A damaged copy.
 * @param {Buffer} bytes
 * @param {Buffer[]} others contents to take parts of
 * @param {Chance} random
 * @returns {Buffer}
 */
export function mutate(bytes, others, random) {
  let result = bytes;
  for (let times = 1 + random.integer(3); times > 0; times--) {
    const step = random.next() < 0.5 && isText(result) ? random.choice(ofText) : random.choice(ofBytes);
    result = step(result, random, others).subarray(0, 1 << 20);
  }
  return result;
}

const isText = (/** @type {Buffer} */ bytes) => !bytes.subarray(0, 1000).includes(0);

/** @type {(bytes: Buffer, random: Chance) => [number, number]} */
const spot = (bytes, random) => {
  const start = random.integer(bytes.length + 1);
  return [start, Math.min(bytes.length, start + random.integer(1 << random.integer(12)))];
};

/** @type {Step[]} */
const ofBytes = [
  (bytes, random) => {
    const copy = Buffer.from(bytes);
    for (let i = random.integer(8); i >= 0 && copy.length > 0; i--)
      copy[random.integer(copy.length)] ^= 1 << random.integer(8);
    return copy;
  },
  (bytes, random) => {
    const copy = Buffer.from(bytes);
    if (copy.length > 0) copy.fill(random.choice([0, 255, 127, 128]), ...spot(copy, random));
    return copy;
  },
  (bytes, random) => bytes.subarray(0, random.integer(bytes.length + 1)),
  (bytes, random) => bytes.subarray(random.integer(Math.min(bytes.length, 64) + 1)),
  (bytes, random) => {
    const [start, end] = spot(bytes, random);
    return Buffer.concat([bytes.subarray(0, start), bytes.subarray(end)]);
  },
  (bytes, random) => {
    const [start, end] = spot(bytes, random);
    const times = 1 + random.integer(20);
    return Buffer.concat([
      bytes.subarray(0, end),
      ...new Array(times).fill(bytes.subarray(start, end)),
      bytes.subarray(end),
    ]);
  },
  (bytes, random) => {
    const [start] = spot(bytes, random);
    const noise = Buffer.from(Array.from({ length: random.integer(64) }, () => random.integer(256)));
    return Buffer.concat([bytes.subarray(0, start), noise, bytes.subarray(start)]);
  },
  (bytes, random, others) => {
    const other = random.choice(others);
    return Buffer.concat([
      bytes.subarray(0, random.integer(bytes.length + 1)),
      other.subarray(random.integer(other.length + 1)),
    ]);
  },
  (bytes, random) => {
    // Little-endian sizes and offsets stand at such places.
    const copy = Buffer.from(bytes);
    if (copy.length < 8) return copy;
    const at = 4 * random.integer(Math.floor(Math.min(copy.length, 4096) / 4) - 1);
    copy.writeUInt32LE(
      random.choice([0, 1, 0x7fffffff, 0x80000000, 0xffffffff, copy.length, copy.length + 1]),
      at,
    );
    return copy;
  },
];

/** @type {(pattern: RegExp, make: (token: string, random: Chance) => string) => Step} */
const replaceOne = (pattern, make) => (bytes, random) => {
  const text = bytes.toString('latin1');
  const found = [...text.matchAll(pattern)];
  if (found.length === 0) return bytes;
  const { index, 0: token } = random.choice(found);
  const after = Buffer.from(text.slice(index + token.length), 'latin1');
  return Buffer.concat([
    Buffer.from(text.slice(0, index), 'latin1'),
    Buffer.from(make(token, random)),
    after,
  ]);
};

/** @type {(make: (line: string, random: Chance) => string[]) => Step} */
const ofLine = (make) => (bytes, random) => {
  const lines = bytes.toString('latin1').split('\n');
  const at = random.integer(lines.length);
  return Buffer.from(
    [...lines.slice(0, at), ...make(lines[at], random), ...lines.slice(at + 1)].join('\n'),
    'latin1',
  );
};

/** @type {Step[]} */
const ofText = [
  replaceOne(/-?\d+(\.\d+)?([eE][+-]?\d+)?/g, (_, random) => random.choice(numbers)),
  replaceOne(/-?\d+(\.\d+)?([eE][+-]?\d+)?/g, (_, random) => random.choice(numbers)),
  replaceOne(/"(?:[^"\\\n]|\\.){0,200}"|true|false|null/g, (_, random) => random.choice(values)),
  replaceOne(/"(?:[^"\\\n]|\\.){0,200}"|true|false|null/g, (_, random) =>
    random.choice([...numbers, ...values]),
  ),
  replaceOne(/[^,;\t\n"{}[\]]{1,60}/g, (_, random) => random.choice([...numbers, ...values])),
  replaceOne(/"[^"\n]{0,60}"|\d+/g, (_, random) => random.choice(large)()),
  replaceOne(/[,:{}[\]"\n]/g, (_, random) =>
    random.choice(['', ',', ':', '{', '}', '[', ']', '"', '\n', '\r\n', '\\']),
  ),
  ofLine(() => []),
  ofLine((line, random) => new Array(2 + random.integer(50)).fill(line)),
];
