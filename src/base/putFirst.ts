import { link, readFile, stat, writeFile } from 'node:fs/promises';

/**
 * Puts a complete draft also in a place, unless something is there: of several at once one is first, on NFS too, since a
 * hard link is made by the server as a whole. The draft stays.
 * @returns whether this one is first.
 * @throws file system errors.
 */
export async function putFirst(draft: string, place: string): Promise<boolean> {
  try {
    await link(draft, place);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // An answer of NFS that was lost and asked for again says EEXIST of one's own link.
    if (code === 'EEXIST') return (await stat(draft)).nlink > 1;
    if (code !== 'EPERM' && code !== 'ENOTSUP' && code !== 'ENOSYS') throw error;
  }
  // A file system without hard links.
  return writeFile(place, await readFile(draft), { flag: 'wx' }).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'EEXIST') return false;
      throw error;
    },
  );
}
