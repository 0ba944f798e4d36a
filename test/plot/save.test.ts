import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getDocument } from 'pdfjs-dist/legacy/build/pdf.mjs';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readColumns } from '../../src/data/tables/columnFile.js';
import { plotly } from '../../src/plot/plotly.js';
import { scoreDistribution } from '../../src/plot/scoreDistribution.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'solireward-save-'));
});
afterAll(() => rmSync(folder, { recursive: true }));
const at = (name: string) => join(folder, name);

const rows = Array.from({ length: 60 }, (_, i) => ({ score: Math.sin(i) * 2, pass: i % 3 > 0 }));
const figure = scoreDistribution(rows, { by: 'pass', theme: 'paper', title: 'Scores − α & <b>more</b>' });

describe('a saved PDF', () => {
  it('is as wide as it is asked to be, and has its text as text in an embedded font', async () => {
    expect(await figure.save(at('a.pdf'), { width: '85mm' })).toBe(at('a.pdf'));
    const bytes = readFileSync(at('a.pdf'));
    const pdf = await getDocument({ data: new Uint8Array(bytes), verbosity: 0 }).promise;
    const page = await pdf.getPage(1);
    expect(pdf.numPages).toBe(1);
    const [, , width, height] = page.view;
    expect(width).toBeCloseTo((85 / 25.4) * 72, 2);
    expect(height).toBeGreaterThan(100);
    const { items } = await page.getTextContent();
    const texts = items.flatMap((item) => ('str' in item ? item.str : []));
    expect(texts).toEqual(
      expect.arrayContaining(['Scores − α & <b>more</b>', 'Pass (40)', 'Fail (20)', 'score', '−2']),
    );
    const text = bytes.toString('latin1');
    expect(text).toMatch(/\/FontName \/[A-Z]{6}\+Arimo/);
    // No picture in it: lines and areas are drawn.
    expect(text).not.toContain('/Subtype /Image');
    await pdf.destroy();
  });

  it('is as high as it is asked to be', async () => {
    await figure.save(at('b.pdf'), { width: '10cm', height: '2in' });
    const pdf = await getDocument({ data: new Uint8Array(readFileSync(at('b.pdf'))), verbosity: 0 }).promise;
    const [, , width, height] = (await pdf.getPage(1)).view;
    expect([width, height]).toBeAllclose([(10 / 2.54) * 72, 144], { rtol: 1e-4 });
    await pdf.destroy();
  });
});

describe('a saved PNG', () => {
  it('has the pixels that are asked for', async () => {
    await figure.save(at('a.png'), { width: '85mm', height: '60mm', dpi: 300 });
    const { width, height, format } = await sharp(at('a.png')).metadata();
    expect([width, height, format]).toEqual([
      Math.round((85 / 25.4) * 300),
      Math.round((60 / 25.4) * 300),
      'png',
    ]);
  });

  it('is drawn on its ground, with text in the library’s font', async () => {
    await figure.save(at('c.png'), { width: '85mm', dpi: 150 });
    const plain = scoreDistribution(rows, { by: 'pass', theme: 'paper' });
    await plain.save(at('d.png'), { width: '85mm', dpi: 150 });
    const dark = async (file: string) => {
      const { data } = await sharp(at(file))
        .flatten({ background: 'black' })
        .greyscale()
        .raw()
        .toBuffer({ resolveWithObject: true });
      return data.filter((value) => value < 60).length / data.length;
    };
    // Transparent pixels would be black, and text that is not drawn would not be.
    expect(await dark('c.png')).toBeLessThan(0.2);
    expect(await dark('c.png')).toBeGreaterThan((await dark('d.png')) + 0.001);
  });
});

it('a saved SVG has its text as text, and its size as a length', async () => {
  await figure.save(at('a.svg'), { width: '85mm', height: '50mm' });
  const svg = readFileSync(at('a.svg'), 'utf8');
  expect(svg).toMatch(/^<svg [^>]*height="1\.9685in" width="3\.3465in"/);
  expect(svg).toContain('>Pass (40)</text>');
  expect(svg).not.toContain('currentColor');
});

it('a saved CSV reads back to the same data', async () => {
  await figure.save(at('a.csv'));
  const { columns, rows: count } = {
    columns: await readColumns('test', at('a.csv')),
    rows: figure.data.numRows(),
  };
  const table = figure.data.objects();
  expect(count).toBeGreaterThan(10);
  for (const name of figure.data.columnNames()) {
    const values = Array.from({ length: count }, (_, row) => columns.get(name)!.at(row));
    expect(values.map(String)).toEqual(table.map((row) => String(row[name as keyof typeof row])));
  }
});

it('a saved page works offline and says its title', async () => {
  await figure.save(at('a.html'));
  const page = readFileSync(at('a.html'), 'utf8');
  expect(page).toContain('<title>Scores − α &#38; &#60;b&#62;more&#60;/b&#62;</title>');
  expect(page).toContain('<svg ');
  expect(page).not.toMatch(/src="|href="http/);
});

it('what a file cannot show is named in it', async () => {
  await plotly({ data: [{ type: 'pie', values: [1, 2] }], layout: { title: 'A pie' } }).save(at('pie.svg'));
  expect(readFileSync(at('pie.svg'), 'utf8')).toContain('“pie” is drawn only where plotly runs.');
});

describe('what cannot be saved', () => {
  it.each<[string, object, string]>([
    [
      'a.gif',
      {},
      'save: expected a file that ends in .pdf, .svg, .png, .html, .csv, by which its kind is chosen; received',
    ],
    ['a', {}, 'save: expected a file that ends in'],
    ['x.csv', { width: 3 }, 'save: .csv takes no options; received width: 3'],
    ['x.pdf', { dpi: 300 }, 'save: .pdf takes width, height, font; received dpi: 300'],
    ['x.png', { dpi: 3 }, 'save: dpi: expected 10 to 2,400; received 3'],
    ['x.png', { width: '85' }, "save: width: expected pixels, or a length such as '85mm'"],
    ['x.pdf', { height: 0 }, 'save: height: expected pixels'],
    [
      'x.pdf',
      { font: 'nowhere.ttf' },
      "save: font: there is no file 'nowhere.ttf'; give the path of a TTF or OTF file",
    ],
  ])('%s with %j', async (name, options, reason) => {
    await expect(figure.save(at(name), options)).rejects.toThrow(reason);
    expect(readdirSync(folder)).not.toContain(name);
  });

  it('are letters that the font lacks, and a file that is not a font', async () => {
    const named = scoreDistribution([1, 2], { title: '评分 of clips' });
    for (const name of ['y.pdf', 'y.png'])
      await expect(named.save(at(name))).rejects.toThrow(
        "save: the font lacks 2 of the letters of the figure's texts: 评 分; give the path of a TTF or OTF file",
      );
    writeFileSync(at('no.ttf'), 'no font');
    await expect(named.save(at('y.pdf'), { font: at('no.ttf') })).rejects.toThrow(
      'is not a font, or several in one file',
    );
    await named.save(at('y.svg'));
    expect(readdirSync(folder)).not.toContain('y.pdf');
    expect(readdirSync(folder).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });

  it('leaves the file that was there', async () => {
    writeFileSync(at('kept.pdf'), 'old');
    await expect(figure.save(at('kept.pdf'), { font: 'nowhere.ttf' })).rejects.toThrow();
    expect(readFileSync(at('kept.pdf'), 'utf8')).toBe('old');
  });
});
