/** Bytes that are looked at. */
const looked = 512;

/**
 * What a file is in place of what its name says: a pointer of Git LFS, or a page that a server sent in its place.
 * @param head the file's first bytes
 * @returns what it is and what to do, for an error; undefined for any other file
 */
export function placeholderOf(head: Uint8Array): string | undefined {
  const start = Buffer.from(head.subarray(0, looked)).toString('latin1').trimStart();
  if (start.startsWith('version https://git-lfs.github.com/spec/')) {
    return 'is a pointer of Git LFS, not the file itself; run "git lfs pull" where it was cloned, or download the file';
  }
  if (/^(\xef\xbb\xbf)?\s*<(!doctype\s+html|html|\?xml[^>]*>\s*<(!doctype\s+)?html)[\s>]/i.test(start)) {
    return 'is an HTML page, not the file itself: the server asked for a login or had no such file; download it again';
  }
  return undefined;
}
