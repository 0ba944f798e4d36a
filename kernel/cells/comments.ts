import type * as TypeScript from 'typescript';
import { ts } from './typescript.js';

type WithComments = TypeScript.Node & { jsDoc?: TypeScript.JSDoc[] };

/** Files that were parsed without their comments. */
const uncommented = new WeakSet<TypeScript.SourceFile>();
let areRead = false;

/**
 * Parses a file of declarations without its comments: they are a quarter of the work of a kernel's first cell, and few are
 * ever asked for.
 */
export function parseDeclarations(
  path: string,
  text: string,
  options: TypeScript.ScriptTarget | TypeScript.CreateSourceFileOptions,
): TypeScript.SourceFile {
  const given = typeof options === 'object' ? options : { languageVersion: options };
  const file = ts.createSourceFile(path, text, {
    ...given,
    jsDocParsingMode: ts.JSDocParsingMode.ParseNone,
  });
  uncommented.add(file);
  return file;
}

/** Lets the methods of a kind of object find comments: only they look for those that matter. */
function readComments(prototype: object, names: readonly string[]): void {
  const methods = prototype as Record<string, (...given: unknown[]) => unknown>;
  for (const name of names) {
    const method = methods[name];
    methods[name] = function (...given) {
      const before = areRead;
      areRead = true;
      try {
        return method.apply(this, given);
      } finally {
        areRead = before;
      }
    };
  }
}

const { objectAllocator } = ts;
const ofAll = ['getDocumentationComment', 'getJsDocTags'];
readComments(objectAllocator.getSignatureConstructor().prototype, ofAll);
readComments(objectAllocator.getSymbolConstructor().prototype, [
  ...ofAll,
  'getContextualDocumentationComment',
  'getContextualJsDocTags',
]);

/** The comments before a node, as TypeScript's parser would have kept them. */
function commentsBefore(node: TypeScript.Node): TypeScript.JSDoc[] | undefined {
  const file = ts.findAncestor(node, ts.isSourceFile);
  if (!file || !uncommented.has(file) || !ts.canHaveJSDoc(node)) return undefined;
  const { text } = file;
  const found = ts.getJSDocCommentRanges(node, text)?.flatMap(({ pos, end }) => {
    const comment = ts.parseIsolatedJSDocComment(text, pos, end - pos)?.jsDoc;
    // What a comment names is looked for from where it stands.
    return comment ? [Object.assign(comment, { parent: node })] : [];
  });
  return found && found.length > 0 ? found : undefined;
}

/** TypeScript looks for comments in a node's `jsDoc`, which only nodes that were parsed with some have of their own. */
Object.defineProperty(objectAllocator.getNodeConstructor().prototype, 'jsDoc', {
  configurable: true,
  get(this: WithComments) {
    if (!areRead) return undefined;
    const found = commentsBefore(this);
    if (found) this.jsDoc = found;
    return found;
  },
  set(this: WithComments, value: TypeScript.JSDoc[] | undefined) {
    // Each node is made without comments.
    if (value === undefined) return;
    Object.defineProperty(this, 'jsDoc', { value, writable: true, enumerable: true, configurable: true });
  },
});
