import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { escapeHtml } from '../../src/base/html.js';
import { linkTo } from '../../src/base/linkTo.js';
import type { Notebook, NotebookOutput } from './notebookFile.js';

/** The video of a player, where it is a path from the notebook's folder. */
const clip = /(<video [^>]*?src=")(?![a-z]+:|\/)([^"]+)/g;

/**
 * The notebook as it is for another folder: a clip that its pages show from where it was run is told as a path from there.
 * @param from folder that the notebook was run in. @param to folder that it is saved in.
 */
export function movedClips(notebook: Notebook, from: string, to: string): Notebook {
  if (from === to) return notebook;
  const cells = notebook.cells.map((cell) =>
    cell.outputs ? { ...cell, outputs: cell.outputs.map((output) => moved(output, from, to)) } : cell,
  );
  return { ...notebook, cells };
}

function moved(output: NotebookOutput, from: string, to: string): NotebookOutput {
  const data = output.data as Record<string, unknown> | undefined;
  const page = data?.['text/html'];
  if (typeof page !== 'string') return output;
  const html = page.replace(clip, (all, before: string, source: string) => {
    const path = join(from, pathOf(source));
    if (!existsSync(path)) return all;
    return before + escapeHtml(linkTo(path, to));
  });
  return { ...output, data: { ...data, 'text/html': html } };
}

/** The path that an attribute of a page tells, which this kernel escapes by numbers. */
function pathOf(source: string): string {
  const link = source.replace(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)));
  try {
    return decodeURIComponent(link);
  } catch {
    return link; // it is another tool's
  }
}
