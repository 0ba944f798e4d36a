import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import ts from 'typescript';
import { inClone } from './environment.mjs';

/**
 * Completes the declarations in dist/ by what editors would not show of them: the defaults of functions, and what a room is for. The
 * defaults are found as the kernel finds them, in the JavaScript beside.
 */
export async function completeDeclarations() {
  const { defaultsOf } = await import(pathToFileURL(inClone('dist', 'kernel', 'cells', 'defaults.js')).href);
  const folder = inClone('dist', 'src');
  for (const name of readdirSync(folder, { recursive: true })) {
    if (!String(name).endsWith('.d.ts')) continue;
    const path = join(folder, String(name));
    const text = readFileSync(path, 'utf8');
    const declared = withRooms(withDefaults(path, text, defaultsOf));
    if (declared !== text) writeFileSync(path, declared);
  }
}

/**
 * The text of a face with the comment of each room where editors look for it: at the name that is exported, and not at the whole line.
 * @param {string} text
 */
export function withRooms(text) {
  return text.replace(
    /(\/\*\* .* \*\/)\nexport \* as (\w+) from ('.*');/g,
    (_, comment, room, file) => `import * as ${room} from ${file};\nexport { \n${comment}\n${room} };`,
  );
}

/**
 * The text of a declaration file with the defaults of its functions in their comments, as `@defaultValue`.
 * @param {string} path
 * @param {string} text
 * @param {(declaration: ts.SignatureDeclaration) => ReadonlyMap<string, string>} defaultsOf
 */
export function withDefaults(path, text, defaultsOf) {
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  let declared = text;
  // From behind, so that the places before stay where they are.
  for (const declaration of signaturesOf(file).reverse()) {
    const comment = ts.getJSDocCommentsAndTags(declaration).find(ts.isJSDoc);
    const defaults = [...defaultsOf(declaration)].map(([name, value]) => `${name} = ${value}`);
    if (!comment || defaults.length === 0) continue;
    const written = commentWith(comment.getText(file), `@defaultValue ${defaults.join(', ')}`);
    declared = declared.slice(0, comment.getStart(file)) + written + declared.slice(comment.end);
  }
  return declared;
}

/**
 * The functions and constructors of a declaration file, in their order.
 * @param {ts.SourceFile} file
 * @returns {ts.SignatureDeclaration[]}
 */
function signaturesOf(file) {
  /** @type {ts.SignatureDeclaration[]} */
  const found = [];
  for (const statement of file.statements) {
    if (ts.isFunctionDeclaration(statement)) found.push(statement);
    if (ts.isClassDeclaration(statement))
      found.push(...statement.members.filter(ts.isConstructorDeclaration));
  }
  return found;
}

/**
 * A comment with one more line.
 * @param {string} comment
 * @param {string} line
 */
function commentWith(comment, line) {
  const [, indent] = /\n( *)\*\/$/.exec(comment) ?? [];
  if (indent !== undefined) return `${comment.slice(0, -2)}* ${line}\n${indent}*/`;
  return `${comment.slice(0, -2).trimEnd().replace('/** ', '/**\n * ')}\n * ${line}\n */`;
}
