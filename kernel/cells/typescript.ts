import { createRequire } from 'node:module';
import type * as TypeScript from 'typescript';

/** The parts of TypeScript that tslab uses and that its public types leave out. */
type Internals = typeof TypeScript & {
  Completions: { getCompletionsAtPosition(...args: unknown[]): unknown };
  SymbolDisplay: {
    getSymbolDisplayPartsDocumentationAndSymbolKind(
      ...args: unknown[]
    ): Pick<TypeScript.QuickInfo, 'displayParts' | 'documentation' | 'tags'>;
  };
  nullTransformationContext: TypeScript.TransformationContext;
  getTouchingPropertyName(file: TypeScript.SourceFile, position: number): TypeScript.Node;
  isAssignmentTarget(node: TypeScript.Node): boolean;
};

/** Upstream TypeScript. */
export const ts = createRequire(import.meta.url)('typescript') as Internals;
