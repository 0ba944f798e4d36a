// A process that stays and decodes clips for another one, which a damaged file then does no harm. It ends with that one.
import { writeSync } from 'node:fs';
import type { DecoderRequest } from './decoder.js';
import { constants, loadFfmpegLibrary } from './ffmpegLibrary.js';
import { OpenedClip } from './openedClip.js';
import { kinds, PartReader, partHead } from './toolParts.js';

// Ctrl-C in a terminal comes here as well: who asked for the frames decides what becomes of them.
process.on('SIGINT', () => {});
process.stdin.on('close', () => process.exit());

const library = loadFfmpegLibrary();
library.Log.setLevel(constants.logQuiet);

/** Milliseconds between signs of progress. */
const pace = 100;
let clip: OpenedClip | undefined;
let told = 0;

const parts = new PartReader((_tool, _kind, bytes) => {
  try {
    say(kinds.end, JSON.stringify(answer(JSON.parse(bytes.toString()))));
  } catch (error) {
    close();
    say(kinds.end, JSON.stringify({ error: (error as Error).message }));
  }
});
process.stdin.on('data', (chunk: Buffer) => parts.push(chunk));

const { version, configuration, libraries } = library.getFFmpegInfo();
say(
  kinds.end,
  JSON.stringify({ version, configuration, libavcodec: Number.parseInt(libraries.avcodec, 10) }),
);

function answer(request: DecoderRequest): object {
  if ('url' in request) {
    close();
    clip = new OpenedClip(library, request, progress);
    return clip.video;
  }
  clip?.decode(request.indices, (pixels) => say(kinds.output, pixels), progress);
  close();
  return {};
}

function close(): void {
  clip?.close();
  clip = undefined;
}

/** An empty part of pixels, now and then. */
function progress(): void {
  if (performance.now() - told > pace) say(kinds.output, '');
}

/** Writes a part, at once: nothing else goes on here, and the other process takes pixels while the next are decoded. */
function say(kind: number, content: Buffer | string): void {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content;
  told = performance.now();
  write(partHead(0, kind, bytes.length));
  write(bytes);
}

function write(bytes: Buffer): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(1, bytes, at);
}
