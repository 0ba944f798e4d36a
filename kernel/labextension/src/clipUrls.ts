import type { IRenderMime } from '@jupyterlab/rendermime-interfaces';
import type { Widget } from '@lumino/widgets';
import { type ClipData, clipTarget } from '../../../src/notebook/messages.js';
import { kernelReady, openComm } from './comm.js';

/** Where a clip is looked for. */
interface Places {
  /** Its notebook's kernel is asked when the browser cannot fetch or decode the clip. */
  widget: Widget;
  resolver: IRenderMime.IResolver | null;
  /** Data URI of a clip that is in the notebook. */
  inline?: string;
}

/**
 * The places where a player finds a clip: in the notebook, else at the Jupyter server, which serves ranges of the
 * files below its folder. What the browser cannot fetch or decode there the kernel sends, as it is or converted.
 */
export async function* clipUrls(
  clip: Pick<ClipData, 'path' | 'key'>,
  { widget, resolver, inline }: Places,
  say: (message: string) => void,
): AsyncGenerator<string> {
  if (inline) yield inline;
  const path = (await resolver?.resolveUrl(clip.path)) ?? clip.path;
  const url = (await resolver?.getDownloadUrl(path)) ?? path;
  // What a notebook says is not trusted: a player loads nothing from other servers.
  if (new URL(url, document.baseURI).origin === location.origin) yield url;
  yield fromKernel(clip, false, widget, say);
  yield fromKernel(clip, true, widget, say);
}

/** The size and length of a clip, which the kernel reads. @throws {Error} with the reason why it cannot */
export async function clipAbout({ key }: Pick<ClipData, 'key'>, widget: Widget): Promise<ClipData> {
  await kernelReady(widget);
  const comm = openComm(widget, clipTarget, { key, about: true });
  return new Promise((resolve, reject) => {
    comm.onMessage(({ video, error }) => {
      if (typeof error === 'string') reject(new Error(error));
      else resolve(video as ClipData);
    });
    comm.onClose(() => reject(new Error(earlierRun)));
  });
}

/** URL of what the kernel sends. */
async function fromKernel(
  { key }: Pick<ClipData, 'key'>,
  convert: boolean,
  widget: Widget,
  say: (message: string) => void,
): Promise<string> {
  say('Asking the kernel for this clip \u2026');
  await kernelReady(widget);
  const comm = openComm(widget, clipTarget, { key, convert });
  return new Promise((resolve, reject) => {
    comm.onMessage(({ message, error, type }, [bytes]) => {
      if (typeof message === 'string') say(message);
      if (typeof error === 'string') reject(new Error(error));
      if (bytes) resolve(URL.createObjectURL(new Blob([bytes as BlobPart], { type: String(type) })));
    });
    comm.onClose(() => reject(new Error(earlierRun)));
  });
}

const earlierRun = 'This clip is of an earlier run: run its cell again to play it.';
