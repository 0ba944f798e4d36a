import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { htmlTable } from '../../src/base/htmlTable.js';
import { chromiumPath } from '../support/chromium.js';

const texts = {
  columns: ['clip', 'score'],
  cells: [
    ['b', '2'],
    ['a', ''],
    ['c10', '-1.5e3'],
    ['c9', '1,234'],
  ],
  numeric: [false, true],
};

it('escapes all that is in it', () => {
  const evil = '<img src=x onerror=alert(1)>';
  const table = htmlTable({ columns: [evil], cells: [[evil]], numeric: [false], caption: evil, note: evil });
  expect(table).not.toContain('<img');
  expect(table.match(/&#60;img/g)).toHaveLength(4);
});

it('has nothing to sort with one row', () => {
  expect(htmlTable({ ...texts, cells: [['a', '1']] })).not.toMatch(/<script|<style|tabindex/);
});

describe.skipIf(!chromiumPath)('in a browser (skipped where there is no Chromium)', () => {
  let browser: Browser;
  let page: Page;
  beforeAll(async () => {
    browser = await chromium.launch({
      executablePath: chromiumPath,
      args: ['--no-sandbox', '--disable-gpu'],
    });
    page = await browser.newPage();
    // Two on one page: the second one's script finds the first one's there.
    await page.setContent(htmlTable(texts) + htmlTable({ ...texts, cells: texts.cells.slice(0, 2) }));
  });
  afterAll(() => browser?.close());

  const column = (table: number, at: number) =>
    page.locator('table').nth(table).locator(`tbody td:nth-child(${at})`).allInnerTexts();

  it('is sorted by a click on a head: up, down and as it was; blanks are last', async () => {
    const head = page.locator('table').first().locator('th', { hasText: 'score' });
    await head.click();
    expect(await column(0, 2)).toEqual(['-1.5e3', '2', '1,234', '']);
    expect(await head.getAttribute('aria-sort')).toBe('ascending');
    await head.click();
    expect(await column(0, 2)).toEqual(['1,234', '2', '-1.5e3', '']);
    await head.click();
    expect(await column(0, 2)).toEqual(['2', '', '-1.5e3', '1,234']);
    expect(await head.getAttribute('aria-sort')).toBeNull();
  });

  it('sorts texts as people do, and by the keyboard; other tables stay', async () => {
    const head = page.locator('table').first().locator('th', { hasText: 'clip' });
    await head.press('Enter');
    expect(await column(0, 1)).toEqual(['a', 'b', 'c9', 'c10']);
    expect(await column(1, 1)).toEqual(['b', 'a']);
  });
});
