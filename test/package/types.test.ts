import { setImmediate } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { alone, defaultsInHead, isClass, rooms } from '../support/publicNames.js';

const index = fileURLToPath(new URL('../../dist/src/index.d.ts', import.meta.url));
const page = fileURLToPath(new URL('../../dist/page.ts', import.meta.url));

const names = [
  ...alone.map((name) => `sr.${name}`),
  ...rooms.flatMap(([room, face]) => [
    `sr.${room}`,
    ...Object.keys(face).map((name) => `sr.${room}.${name}`),
  ]),
];
/** What someone writes in an editor: every public name, a line each, and an option. */
const option = `sr.notebook.image('a.png', { width: 3 });`;
const text = [`import * as sr from './src/index.js';`, ...names.map((name) => `${name};`), option].join('\n');

/** The language service that editors show: VS Code's hover is its quick info. */
const service = ts.createLanguageService({
  getScriptFileNames: () => [page],
  getScriptVersion: () => '1',
  getScriptSnapshot: (file) => {
    const content = file === page ? text : ts.sys.readFile(file);
    return content === undefined ? undefined : ts.ScriptSnapshot.fromString(content);
  },
  getCurrentDirectory: () => fileURLToPath(new URL('../..', import.meta.url)),
  getCompilationSettings: () => ({
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    target: ts.ScriptTarget.ESNext,
    strict: true,
    types: ['node'],
  }),
  getDefaultLibFileName: ts.getDefaultLibFilePath,
  fileExists: (file) => file === page || ts.sys.fileExists(file),
  readFile: ts.sys.readFile,
  readDirectory: ts.sys.readDirectory,
  directoryExists: ts.sys.directoryExists,
  getDirectories: ts.sys.getDirectories,
});

// A cell that imports the package loads its types first, while the user waits.
it('publishes types that are whole and do not load all of TensorFlow.js', async () => {
  const program = service.getProgram()!;
  expect(program.getSourceFile(index)).toBeDefined();
  const files = program.getSourceFiles();
  const own = files.filter(({ fileName }) => !fileName.includes('node_modules'));
  const messages: ts.Diagnostic[] = [];
  for (const file of own) {
    messages.push(...program.getSemanticDiagnostics(file));
    await setImmediate(); // the runner is heard of in between
  }
  expect(messages.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'))).toEqual([]);
  expect(files.filter(({ fileName }) => fileName.includes('tfjs')).length).toBeLessThan(10);
});

/** The quick info of what a line ends with: its head, its comment, and its tags by their names. */
function hover(code: string) {
  const info = service.getQuickInfoAtPosition(page, text.indexOf(code) + code.search(/\w+\W*$/))!;
  expect(info, code).toBeDefined();
  return {
    head: ts.displayPartsToString(info.displayParts),
    comment: ts.displayPartsToString(info.documentation),
    tags: (info.tags ?? []).map(({ name, text }) => `@${name} ${ts.displayPartsToString(text)}`),
  };
}

describe('hovering in an editor', () => {
  it.each(rooms.map(([room]) => room))('over the room %s says what it is for', (room) => {
    const { head, comment } = hover(`sr.${room};`);
    expect(head).toBe(`export ${room}`);
    expect(comment).toMatch(/\w/);
  });

  const members: [string, unknown][] = rooms.flatMap(([room, face]) =>
    Object.entries(face).map(([name, value]): [string, unknown] => [`sr.${room}.${name}`, value]),
  );
  it.each(members)('over %s shows its comment, its parameters and their defaults', (name, value) => {
    const { head, comment, tags } = hover(`${name};`);
    const [, own] = /\.(\w+)$/.exec(name)!;
    expect(head).toMatch(new RegExp(`\\b${own}\\b`));
    expect(comment).toMatch(/\w/);
    if (typeof value !== 'function' || isClass(value)) return;
    if (value.length > 0) expect(head).toMatch(/\(\w+\??: |\(\{/);
    const defaults = defaultsInHead(value as never);
    const told = tags.filter((tag) => tag.startsWith('@defaultValue ')).join();
    for (const [option, given] of defaults) expect(told).toMatch(defaultOf(option, given));
  });

  it.each(alone)('over sr.%s shows its comment and its parameters', (name) => {
    const { head, comment } = hover(`sr.${name};`);
    expect(head).toMatch(new RegExp(`${name}\\(\\w+: `));
    expect(comment).toMatch(/\w/);
  });

  it('over an option says what it is', () => {
    const { head, comment } = hover("sr.notebook.image('a.png', { width");
    expect(head).toContain('width?: number');
    expect(comment).toContain('Width in pixels of the page.');
  });
});

/** A default as it is told; 1000 may have become 1e3 on the way here. */
function defaultOf(option: string, given: string): RegExp {
  const forms = [given, Number(given) >= 1000 ? given.replace(/000$/, 'e3') : given, String(Number(given))];
  const escaped = forms.map((form) => form.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`\\b${option} = (${escaped.join('|')})(,|$)`);
}
