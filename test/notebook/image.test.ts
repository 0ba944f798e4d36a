import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { jupyterDisplay } from '../../src/base/host.js';
import { image } from '../../src/notebook/image.js';

const png = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);
let folder: string;
let file: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'solireward-image-'));
  file = join(folder, 'a "b".png');
  writeFileSync(file, png);
});
afterAll(() => rmSync(folder, { recursive: true }));

it('shows a file and bytes', () => {
  const data = png.toString('base64');
  expect(image(file)[jupyterDisplay]()).toEqual({ 'image/png': data, 'text/plain': file });
  for (const bytes of [png, new Uint8Array(png), new Uint8Array(png).buffer])
    expect(image(bytes)[jupyterDisplay]()).toEqual({
      'image/png': data,
      'text/plain': 'a picture, image/png',
    });
});

it('has the width and the words that are asked for', () => {
  const bundle = image(png, { alt: '"><script>', width: 200 })[jupyterDisplay]() as Record<string, string>;
  expect(Object.keys(bundle)).toEqual(['text/html', 'text/plain']);
  expect(bundle['text/html']).toMatch(
    /^<img src="data:image\/png;base64,[^"]+" alt="&#34;&#62;&#60;script&#62;" style="width:200px;max-width:100%">$/,
  );
});

it('refuses what is not a picture, or too large to be delivered', () => {
  expect(() => image(Buffer.from('<svg/>'))).toThrow('image: bytes is not a PNG, JPEG, GIF or WebP picture');
  expect(() => image(Buffer.concat([png, Buffer.alloc(2 ** 21)]))).toThrow(
    'image: bytes has 2.0 MiB, and Jupyter delivers at most 2: make it smaller',
  );
  expect(() => image(5 as never)).toThrow(
    'image: expected a path or the bytes of a picture, received number',
  );
  expect(() => image(png, { width: 0 })).toThrow(
    'image: bytes: width must be a number of pixels above 0, received 0',
  );
  expect(() => image(join(folder, 'none.png'))).toThrow('ENOENT');
});
