import { describe, expect, it } from 'vitest';
import { parseDeclarations } from '../../../kernel/cells/comments.js';
import { ts } from '../../../kernel/cells/typescript.js';

const text = `/** What is measured; see {@link measure}. */
export interface Ruler {
  /** Its length, in metres. */
  length: number;
  /**
   * Reads it.
   * @param from where to begin
   * @returns metres
   */
  read(from: number): number;
}
export interface Long extends Ruler {
  read(from: number): number;
}
/** Measures a thing.
 * @deprecated use a {@link Ruler}
 */
export declare function measure(
  /** The thing. */
  thing: string,
): number;
export declare function bare(): void;
`;

/** What TypeScript tells of all that a file declares: comments and tags of symbols, signatures and parameters. */
function told(parse: typeof parseDeclarations): unknown {
  const path = '/ruler.d.ts';
  const options = { noLib: true, types: [] };
  const file = parse(path, text, ts.ScriptTarget.ESNext);
  const host = { ...ts.createCompilerHost(options), getSourceFile: () => file };
  const checker = ts.createProgram([path], options, host).getTypeChecker();
  const found: unknown[] = [];
  const visit = (symbol: import('typescript').Symbol): void => {
    const text = (of: typeof symbol | import('typescript').Signature) =>
      [of.getDocumentationComment(checker), of.getJsDocTags(checker)].map((parts) => JSON.stringify(parts));
    found.push([symbol.name, ...text(symbol)]);
    const type = checker.getTypeOfSymbolAtLocation(symbol, file);
    for (const signature of type.getCallSignatures()) {
      found.push(text(signature));
      signature.getParameters().forEach(visit);
    }
    symbol.members?.forEach(visit);
  };
  checker.getExportsOfModule(checker.getSymbolAtLocation(file)!).forEach(visit);
  return found;
}

describe('parseDeclarations', () => {
  it('gives the comments that TypeScript reads at once, where they are asked for', () => {
    const expected = told((path, text, options) => ts.createSourceFile(path, text, options));
    expect(JSON.stringify(expected)).toContain('Its length, in metres.');
    expect(told(parseDeclarations)).toEqual(expected);
  });

  it('reads none before', () => {
    const file = parseDeclarations('/ruler.d.ts', text, ts.ScriptTarget.ESNext);
    expect(file.statements.map((node) => (node as { jsDoc?: unknown }).jsDoc)).toEqual(
      file.statements.map(() => undefined),
    );
  });
});
