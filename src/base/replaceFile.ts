import { randomUUID } from 'node:crypto';
import { type FileHandle, open, rename, rm } from 'node:fs/promises';

/**
 * Replaces a file as a whole: `write` fills a draft beside it, which takes its place when it is complete. Whoever reads
 * the file meanwhile, and whoever finds it after a kill, has the old one or the new one, never half of one.
 * @throws what `write` throws, and file system errors; the draft is gone then, and the old file is as it was.
 */
export async function replaceFile(file: string, write: (draft: FileHandle) => Promise<void>): Promise<void> {
  const place = `${file}.${randomUUID()}.tmp`;
  const draft = await open(place, 'w');
  try {
    await write(draft);
    await draft.close();
    await rename(place, file);
  } catch (error) {
    await draft.close();
    await rm(place, { force: true });
    throw error;
  }
}
