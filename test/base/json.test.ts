import { describe, expect, it } from 'vitest';
import { parseJson, writeJson } from '../../src/base/json.js';

describe('parseJson', () => {
  it('reads NaN and Infinity as Python writes them, and leaves them in strings', () => {
    expect(parseJson('{"a": NaN, "b": [Infinity, -Infinity], "c": "NaN and \\"Infinity", "NaN": 1}')).toEqual(
      {
        a: Number.NaN,
        b: [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
        c: 'NaN and "Infinity',
        NaN: 1,
      },
    );
  });

  it('keeps every digit of whole numbers beyond 2^53', () => {
    expect(
      parseJson('[9007199254740993, -9007199254740993, 9007199254740991, 0.12345678901234566, 1e20]'),
    ).toEqual([9007199254740993n, -9007199254740993n, 9007199254740991, 0.12345678901234566, 1e20]);
    expect(parseJson('["9007199254740993", NaN]')).toEqual(['9007199254740993', Number.NaN]);
  });

  it.each(['[NaN', 'nan', '[1,]', '{"a": NaNs}', '[00000000000000001]', '[NaN Infinity]'])(
    'refuses %s',
    (text) => {
      expect(() => parseJson(text)).toThrow(SyntaxError);
    },
  );

  it('is undone by writeJson, but for what is not finite', () => {
    const text = '{"id":9007199254740993,"text":"\\u0000 9007199254740993","list":[1,-9007199254740995]}';
    expect(writeJson(parseJson(text))).toBe(text);
    expect(writeJson([Number.NaN, undefined, 5n])).toBe('[null,null,5]');
    expect(writeJson(undefined)).toBeUndefined();
  });
});

it('reads a text of tens of millions of escapes', () => {
  const text = '\n'.repeat(20_000_000);
  const [read, nan] = parseJson(`[${JSON.stringify(text)}, NaN]`) as [string, number];
  expect(read === text).toBe(true);
  expect(nan).toBeNaN();
});
