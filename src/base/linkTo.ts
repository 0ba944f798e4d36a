import { relative, sep } from 'node:path';

/** URL of a file relative to a folder. */
export const linkTo = (path: string, folder: string): string =>
  relative(folder, path).split(sep).map(encodeURIComponent).join('/');
