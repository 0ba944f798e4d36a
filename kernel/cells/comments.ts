import type * as TypeScript from 'typescript';
import { ts } from './typescript.js';

type WithComments = TypeScript.Node & { jsDoc?: TypeScript.JSDoc[] };

/** The comments of files that were parsed without them, by the place of what they are about; made when one is asked for. */
const comments = new WeakMap<TypeScript.SourceFile, () => Map<string, TypeScript.JSDoc[]>>();
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
  const { ParseAll, ParseNone } = ts.JSDocParsingMode;
  const file = ts.createSourceFile(path, text, { ...given, jsDocParsingMode: ParseNone });
  let found: Map<string, TypeScript.JSDoc[]> | undefined;
  comments.set(file, () => {
    found ??= commentsOf(ts.createSourceFile(path, text, { ...given, jsDocParsingMode: ParseAll }, true));
    return found;
  });
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

function commentsOf(file: TypeScript.SourceFile): Map<string, TypeScript.JSDoc[]> {
  const found = new Map<string, TypeScript.JSDoc[]>();
  const visit = (node: WithComments): void => {
    if (node.jsDoc) found.set(placeOf(node), node.jsDoc);
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

const placeOf = ({ pos, end, kind }: TypeScript.Node): string => `${pos} ${end} ${kind}`;

/** TypeScript looks for comments in a node's `jsDoc`, which only nodes that were parsed with some have of their own. */
Object.defineProperty(objectAllocator.getNodeConstructor().prototype, 'jsDoc', {
  configurable: true,
  get(this: WithComments) {
    if (!areRead) return undefined;
    const file = ts.findAncestor(this, ts.isSourceFile);
    const own = file && comments.get(file)?.().get(placeOf(this));
    if (!own) return undefined;
    // What a comment names is looked for from where it stands.
    for (const comment of own) (comment as { parent: TypeScript.Node }).parent = this;
    this.jsDoc = own;
    return own;
  },
  set(this: WithComments, value: TypeScript.JSDoc[] | undefined) {
    // Each node is made without comments.
    if (value === undefined) return;
    Object.defineProperty(this, 'jsDoc', { value, writable: true, enumerable: true, configurable: true });
  },
});
