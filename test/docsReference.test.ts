import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { beforeAll, expect, it } from 'vitest';
import { alone, rooms } from './support/publicNames.js';

const { reference } = await import(new URL('../scripts/docs/reference.mjs', import.meta.url).href);

const folder = new URL('../docs/api/', import.meta.url);
let made: { pages: Map<string, string>; faults: string[] };
beforeAll(async () => {
  made = await reference();
});

it('has a comment at every public name, and a page for every type of a signature', () => {
  expect(made.faults, 'mend them in src/, then: npm run docs').toEqual([]);
});

it('has every public name on the page of its room', () => {
  for (const [room, face] of rooms) {
    const page = made.pages.get(`${room}.md`)!;
    const headings = [...page.matchAll(/^### (\w+)/gm)].map(([, name]) => name);
    expect(headings, room).toEqual(expect.arrayContaining(Object.keys(face)));
    expect(made.pages.get('README.md')).toContain(`| [${room}](${room}.md) |`);
  }
  for (const name of alone) expect(made.pages.get(`${name}.md`)).toContain(`### ${name}()`);
});

it('is committed as `npm run docs` writes it', () => {
  expect(readdirSync(folder).sort()).toEqual([...made.pages.keys()].sort());
  for (const [name, text] of made.pages)
    expect(readFileSync(new URL(name, folder), 'utf8'), `${name}: npm run docs`).toBe(text);
});

it('says nothing of the machine that it was written on', () => {
  const root = fileURLToPath(new URL('..', import.meta.url));
  for (const [name, text] of made.pages)
    expect(text.includes(root) || /dist\/src|file:\/\/|\]\(\//.test(text), name).toBe(false);
});
