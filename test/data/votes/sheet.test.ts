import { describe, expect, it } from 'vitest';
import { fromSheet, sheetCell, sheetColumns } from '../../../src/data/votes/sheet.js';

const texts = ['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', '\n=1', '＝1', "'=1", "''@x"];
const plain = ['', 'a=1', "'a", "it's", ' =1', '1-1', '雪'];

describe('a sheet', () => {
  it.each(texts)('gives %j an apostrophe, and takes it off again', (text) => {
    expect(sheetCell(text)).toBe(`'${text}`);
    const sheet = new Map(sheetColumns.map((name) => [name, [sheetCell(text)]]));
    expect(fromSheet(sheet)).toEqual(new Map(sheetColumns.map((name) => [name, [text]])));
  });

  it.each(plain)('leaves %j as it is', (text) => {
    expect(sheetCell(text)).toBe(text);
    const sheet = new Map(sheetColumns.map((name) => [name, [text]]));
    expect(fromSheet(sheet)).toEqual(sheet);
  });

  it('takes nothing off other tables', () => {
    const other = new Map([
      ['clip', ["'=1"]],
      ['pass', ['1']],
    ]);
    expect(fromSheet(other)).toEqual(other);
    expect(fromSheet(new Map())).toEqual(new Map());
  });
});
