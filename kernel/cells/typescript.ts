import { createRequire } from 'node:module';
import type * as TypeScript from 'typescript';

/** Writes a file, and the map of where its parts come from. */
export interface SourceWriter {
  writeFile(file: TypeScript.SourceFile, writer: TextWriter, map: SourceMapGenerator): void;
}

interface TextWriter {
  getText(): string;
}

interface SourceMapGenerator {
  /** The map as JSON. */
  toString(): string;
}

/** The parts of TypeScript that cells are compiled with and that its public types leave out. */
type Internals = typeof TypeScript & {
  Completions: { getCompletionsAtPosition(...args: unknown[]): TypeScript.CompletionInfo | undefined };
  SignatureHelp: {
    getSignatureHelpItems(...args: unknown[]): TypeScript.SignatureHelpItems | undefined;
  };
  SymbolDisplay: {
    getSymbolKind(
      checker: TypeScript.TypeChecker,
      symbol: TypeScript.Symbol,
      location: TypeScript.Node,
    ): TypeScript.ScriptElementKind;
    getSymbolDisplayPartsDocumentationAndSymbolKind(
      ...args: unknown[]
    ): Pick<TypeScript.QuickInfo, 'displayParts' | 'documentation' | 'tags'>;
  };
  objectAllocator: {
    getNodeConstructor(): { prototype: TypeScript.Node };
    getSymbolConstructor(): { prototype: TypeScript.Symbol };
    getSignatureConstructor(): { prototype: TypeScript.Signature };
  };
  canHaveJSDoc(node: TypeScript.Node): boolean;
  getJSDocCommentRanges(node: TypeScript.Node, text: string): TypeScript.CommentRange[] | undefined;
  parseIsolatedJSDocComment(
    text: string,
    start: number,
    length: number,
  ): { jsDoc: TypeScript.JSDoc } | undefined;
  nullTransformationContext: TypeScript.TransformationContext;
  getTouchingPropertyName(file: TypeScript.SourceFile, position: number): TypeScript.Node;
  createTextWriter(newLine: string): TextWriter;
  createSourceMapGenerator(
    host: object,
    file: string,
    sourceRoot: string,
    sourcesDirectoryPath: string,
    options: object,
  ): SourceMapGenerator;
  bindSourceFile(file: TypeScript.SourceFile, options: TypeScript.CompilerOptions): void;
  isJsonSourceFile(file: TypeScript.SourceFile): boolean;
  isAssignmentTarget(node: TypeScript.Node): boolean;
};

/** Upstream TypeScript. */
export const ts = createRequire(import.meta.url)('typescript') as Internals;
