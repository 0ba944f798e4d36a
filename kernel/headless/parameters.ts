import { randomUUID } from 'node:crypto';
import { ts } from '../cells/typescript.js';
import { hasTag, type Notebook, type NotebookCell } from './notebookFile.js';

/** The value that is meant by a text of the command line: JSON where it is that, else the text. */
export function parameterValue(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** What a notebook is run with. */
export interface Parameterized {
  notebook: Notebook;
  /** Environment variables of the kernel, which `sr.notebook.parameter` reads. */
  environment: Record<string, string>;
}

/**
 * Gives a notebook its parameters: those that the cell with the tag `parameters` declares by a cell after it, as papermill does,
 * and those that cells ask for by `sr.notebook.parameter('NAME', …)` by the environment, whatever the case of their letters.
 * @throws {Error} naming a parameter that the notebook has in neither way, and those that it has
 */
export function withParameters(notebook: Notebook, parameters: ReadonlyMap<string, unknown>): Parameterized {
  const code = notebook.cells.filter(({ cell_type }) => cell_type === 'code');
  const tagged = code.find((cell) => hasTag(cell, 'parameters'));
  const declared = tagged ? declaredIn(tagged.source) : [];
  const asked = code.flatMap(({ source }) =>
    Array.from(source.matchAll(/\bparameter\(\s*['"`](\w+)['"`]/g), ([, name]) => name),
  );
  const environment: Record<string, string> = {};
  const lines: string[] = [];
  for (const [name, value] of parameters) {
    const variable = asked.find((known) => known.toLowerCase() === name.toLowerCase());
    if (variable)
      environment[`SOLIREWARD_${variable}`] = typeof value === 'string' ? value : JSON.stringify(value);
    if (declared.includes(name)) lines.push(`let ${name} = ${JSON.stringify(value)};`);
    if (!variable && !declared.includes(name)) {
      const all = [...new Set([...declared, ...asked])].join(', ');
      throw new Error(
        `run: the notebook has no parameter "${name}"${all ? `, only ${all}` : ''}; a parameter is declared in a cell with the ` +
          "tag `parameters`, or asked for by sr.notebook.parameter('NAME', default)",
      );
    }
  }
  const cells = notebook.cells.filter((cell) => !hasTag(cell, injected));
  if (lines.length > 0)
    cells.splice(cells.indexOf(tagged as NotebookCell) + 1, 0, injectedCell(lines, notebook));
  return { notebook: { ...notebook, cells }, environment };
}

const injected = 'injected-parameters';

const injectedCell = (lines: string[], { nbformat_minor }: Notebook): NotebookCell => ({
  cell_type: 'code',
  source: `// Parameters\n${lines.join('\n')}`,
  metadata: { tags: [injected] },
  outputs: [],
  execution_count: null,
  // Since 4.5 every cell has an id.
  ...(nbformat_minor >= 5 && { id: randomUUID().slice(0, 8) }),
});

/** The names that a cell declares as variables at its top. */
function declaredIn(source: string): string[] {
  const { statements } = ts.createSourceFile('cell.ts', source, ts.ScriptTarget.ESNext);
  return statements.flatMap((statement) =>
    ts.isVariableStatement(statement)
      ? statement.declarationList.declarations.flatMap(({ name }) =>
          ts.isIdentifier(name) ? [name.text] : [],
        )
      : [],
  );
}
