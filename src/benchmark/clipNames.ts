import { existsSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';

const videoFile = /\.(mp4|webm|mov|mkv|avi|gif|m4v)$/i;
const isUrl = (name: string): boolean => /^https?:\/\//i.test(name);

/** The folders and the file of a path or URL, from the outermost; `.` is none. */
export function segmentsOf(name: string): string[] {
  const path = isUrl(name) ? decoded(new URL(name).pathname) : name;
  return path.split(/[/\\]/).filter((segment) => segment !== '' && segment !== '.');
}

/** The name of a clip's file without its folders and its ending. */
export const stemOf = (name: string): string => segmentsOf(name).at(-1)?.replace(videoFile, '') ?? '';

/** Whether two names can be one clip's: one of them is the end of the other, in whole folders; endings of videos do not count. */
export function isSameClip(a: string, b: string): boolean {
  if (stemOf(a) !== stemOf(b)) return false;
  const [foldersA, foldersB] = [a, b].map((name) => segmentsOf(name).slice(0, -1).reverse());
  return foldersA.slice(0, foldersB.length).every((folder, i) => folder === foldersB[i]);
}

/**
 * Where a clip's file is: its longest end, in whole folders, that is a file below the folder. Where none is there, the
 * place where it would be looked for.
 */
export function locate(name: string, folder: string): { path: string; isThere: boolean } {
  if (isAbsolute(name) && existsSync(name)) return { path: name, isThere: true };
  const segments = segmentsOf(videoFile.test(segmentsOf(name).at(-1) ?? '') ? name : `${name}.mp4`);
  for (let start = 0; start < segments.length; start++) {
    const path = join(folder, ...segments.slice(start));
    if (existsSync(path)) return { path, isThere: true };
  }
  return { path: join(folder, ...segments), isThere: false };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
