import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type * as TypeScript from 'typescript';
import { ts } from './typescript.js';

/** The compiler options of a folder's tsconfig.json that mean something for cells; modules are the kernel's affair. */
const honoured = [
  'strict',
  'alwaysStrict',
  'noImplicitAny',
  'noImplicitThis',
  'strictNullChecks',
  'strictFunctionTypes',
  'strictBindCallApply',
  'strictPropertyInitialization',
  'strictBuiltinIteratorReturn',
  'useUnknownInCatchVariables',
  'noImplicitReturns',
  'noFallthroughCasesInSwitch',
  'noUncheckedIndexedAccess',
  'noImplicitOverride',
  'noPropertyAccessFromIndexSignature',
  'exactOptionalPropertyTypes',
  'allowUnreachableCode',
  'allowUnusedLabels',
  'checkJs',
  'experimentalDecorators',
  'emitDecoratorMetadata',
  'useDefineForClassFields',
  'target',
  'lib',
  'types',
  'paths',
  'pathsBasePath',
  'baseUrl',
  'customConditions',
  'jsx',
  'jsxFactory',
  'jsxFragmentFactory',
  'jsxImportSource',
] as const;

/** The tsconfig.json of a folder, as far as it concerns cells. */
export interface FolderOptions {
  options: TypeScript.CompilerOptions;
  /** What is wrong with it; the rest of it holds all the same. */
  problems: string[];
}

/** Reads the tsconfig.json of a folder, with what it extends; nothing when there is none. */
export function readFolderOptions(folder: string): FolderOptions {
  const path = join(folder, 'tsconfig.json');
  if (!existsSync(path)) return { options: {}, problems: [] };
  const { config, error } = ts.readConfigFile(path, ts.sys.readFile);
  // The files of the project do not matter: a folder of clips may be large.
  const system: TypeScript.ParseConfigHost = { ...ts.sys, readDirectory: () => [] };
  const parsed = ts.parseJsonConfigFileContent(config ?? {}, system, folder, undefined, path);
  const noInputs = 18003;
  const errors = [...(error ? [error] : []), ...parsed.errors.filter(({ code }) => code !== noInputs)];
  const options = Object.fromEntries(
    honoured.filter((name) => parsed.options[name] !== undefined).map((name) => [name, parsed.options[name]]),
  );
  const problems = errors.map(
    ({ messageText }) => `${path}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`,
  );
  return { options, problems };
}

/** Options of a folder over the kernel's own, which they extend but do not take back. */
export function combineOptions(
  own: TypeScript.CompilerOptions,
  folder: TypeScript.CompilerOptions,
): TypeScript.CompilerOptions {
  const union = (a: string[] = [], b: string[] = []) => [...new Set([...a, ...b])];
  return {
    ...own,
    ...folder,
    target: Math.max(own.target ?? 0, folder.target ?? 0),
    lib: union(own.lib, folder.lib),
    types: union(own.types, folder.types),
    paths: { ...folder.paths, ...own.paths },
  };
}
