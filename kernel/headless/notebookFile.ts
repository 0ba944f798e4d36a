import { readFile } from 'node:fs/promises';
import { replaceFile } from '../../src/base/replaceFile.js';

/** An output of a cell, as a notebook file keeps it. */
export type NotebookOutput = { output_type: string } & Record<string, unknown>;

export interface NotebookCell {
  cell_type: string;
  source: string;
  metadata: Record<string, unknown> & { tags?: unknown };
  outputs?: NotebookOutput[];
  execution_count?: number | null;
  id?: string;
}

export interface Notebook {
  cells: NotebookCell[];
  metadata: Record<string, unknown> & { kernelspec?: { name?: string; language?: string } };
  nbformat: number;
  nbformat_minor: number;
}

/** Languages whose cells this kernel runs. */
const languages = ['typescript', 'javascript'];

/**
 * Reads a notebook file (nbformat 4).
 * @throws {Error} naming the file when it is not one, or is of a kernel for another language
 */
export async function readNotebook(file: string): Promise<Notebook> {
  const text = await readFile(file, 'utf8').catch((error: Error) => {
    throw new Error(`run: cannot read ${file}: ${error.message}`);
  });
  let notebook: Notebook;
  try {
    notebook = JSON.parse(text);
  } catch (error) {
    throw new Error(`run: ${file} is not valid JSON: ${(error as Error).message}`);
  }
  if (notebook?.nbformat !== 4 || !Array.isArray(notebook.cells)) {
    throw new Error(
      `run: ${file} is not a notebook of format 4 (it says ${JSON.stringify(notebook?.nbformat) ?? 'none'}); open and save it in JupyterLab`,
    );
  }
  const { name, language } = notebook.metadata?.kernelspec ?? {};
  if (language !== undefined && !languages.includes(language)) {
    throw new Error(
      `run: ${file} is a notebook of the kernel "${name}" for ${language}; run it by jupyter nbconvert --execute`,
    );
  }
  // Sources, and texts of outputs, may be lists of lines.
  for (const cell of notebook.cells) cell.source = joined(cell.source) as string;
  return notebook;
}

const joined = (text: unknown): unknown => (Array.isArray(text) ? text.join('') : text);

/** Writes a notebook file as a whole: who reads it meanwhile has the old one or the new one. */
export async function writeNotebook(file: string, notebook: Notebook): Promise<void> {
  await replaceFile(file, (draft) => draft.writeFile(`${JSON.stringify(notebook, null, 1)}\n`));
}

/** Whether a cell has a tag. */
export const hasTag = ({ metadata }: NotebookCell, tag: string): boolean =>
  Array.isArray(metadata?.tags) && metadata.tags.includes(tag);

/** The first line of a cell that says anything. */
export const titleOf = ({ source }: NotebookCell): string =>
  source
    .split('\n')
    .map((line) => line.trim())
    .find((line) => line !== '') ?? '(empty)';
