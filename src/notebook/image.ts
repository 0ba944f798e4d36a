import { readFileSync } from 'node:fs';
import { jupyterDisplay, type MimeBundle, mime } from '../base/host.js';
import { escapeHtml } from '../base/html.js';
import { mostPictureBytes, pictureType } from '../base/pictureType.js';
import type { Content } from './content.js';

/** How a picture is shown. */
export interface ImageOptions {
  /** What it shows, for those who do not see it. Default: its file, or its type. */
  alt?: string;
  /** Width in pixels of the page. Default: its own, and no wider than its place. */
  width?: number;
}

/**
 * A picture that shows itself: `image('frame.png')`, or the bytes of a PNG, JPEG, GIF or WebP file. It becomes a part of the
 * notebook.
 * @param source the path of a file, from the folder of the notebook, or its bytes
 * @throws TypeError for what is not such a picture; RangeError for one of more than 2 MiB, which Jupyter would not deliver;
 * file system errors of reading
 */
export function image(source: string | Uint8Array | ArrayBuffer, { alt, width }: ImageOptions = {}): Content {
  const name = typeof source === 'string' ? JSON.stringify(source) : 'bytes';
  if (typeof source !== 'string' && !(source instanceof Uint8Array) && !(source instanceof ArrayBuffer))
    throw new TypeError(`image: expected a path or the bytes of a picture, received ${typeof source}`);
  if (width !== undefined && !(width > 0 && Number.isFinite(width)))
    throw new RangeError(`image: ${name}: width must be a number of pixels above 0, received ${width}`);
  const bytes = typeof source === 'string' ? readFileSync(source) : new Uint8Array(source);
  const type = pictureType(bytes);
  if (!type)
    throw new TypeError(
      `image: ${name} is not a PNG, JPEG, GIF or WebP picture (an SVG is shown by svg(text))`,
    );
  if (bytes.byteLength > mostPictureBytes)
    throw new RangeError(
      `image: ${name} has ${(bytes.byteLength / 2 ** 20).toFixed(1)} MiB, and Jupyter delivers at most ${mostPictureBytes / 2 ** 20}: make it smaller`,
    );
  const text = alt ?? (typeof source === 'string' ? source : `a picture, ${type}`);
  const data = Buffer.from(bytes).toString('base64');
  const style = width === undefined ? 'max-width:100%' : `width:${width}px;max-width:100%`;
  const html = `<img src="data:${type};base64,${data}" alt="${escapeHtml(text)}" style="${style}">`;
  // HTML only where it is needed, so that the picture stands in the notebook once.
  const isPlain = alt === undefined && width === undefined;
  const bundle: MimeBundle = { [isPlain ? type : mime.html]: isPlain ? data : html, [mime.text]: text };
  return { toString: () => text, [jupyterDisplay]: () => bundle };
}
