import { extname } from 'node:path';
import { csvFormat } from 'd3-dsv';
import { replaceFile } from '../base/replaceFile.js';
import { type Length, toPixels } from './length.js';
import { pdfOf } from './pdf.js';
import { pngOf } from './png.js';
import { fontOf } from './savedFont.js';
import { staticSvg } from './staticSvg.js';
import type { Look } from './theme.js';
import type { Layout } from './traces.js';

/** How a figure is saved. */
export interface SaveOptions {
  /** Of the page or picture: pixels, or a length such as '85mm'. Default: that of the figure. */
  width?: Length;
  /** Height of the picture. Default: that of the figure, or what suits the width. */
  height?: Length;
  /** Pixels an inch of a PNG. Default 300. */
  dpi?: number;
  /** A TTF or OTF file. Default: Arimo, which is as wide as Arial and Helvetica, and comes with the library. */
  font?: string;
}

/** What is saved. */
interface Saved {
  traces: readonly object[];
  layout: Layout;
  look: Look;
  rows: () => object[];
  html: () => string;
}

const endings = ['.pdf', '.svg', '.png', '.html', '.csv'];
const taken: Record<string, readonly (keyof SaveOptions)[]> = {
  '.pdf': ['width', 'height', 'font'],
  '.svg': ['width', 'height'],
  '.png': ['width', 'height', 'dpi', 'font'],
  '.html': [],
  '.csv': [],
};
/** Ink of files whose theme names none: the ground is paper then. */
const darkInk = '#1a1a1a';
const paper = '#ffffff';

/** Writes a figure to a file; see `Figure.save`. */
export async function saveFigure(file: string, figure: Saved, options: SaveOptions): Promise<string> {
  const ending = extname(String(file)).toLowerCase();
  if (!endings.includes(ending)) {
    throw new RangeError(
      `save: expected a file that ends in ${endings.join(', ')}, by which its kind is chosen; received '${file}'`,
    );
  }
  for (const [name, value] of Object.entries(options)) {
    if (value === undefined || taken[ending].includes(name as never)) continue;
    const known = taken[ending].length > 0 ? `takes ${taken[ending].join(', ')}` : 'takes no options';
    throw new RangeError(`save: ${ending} ${known}; received ${name}: ${JSON.stringify(value)}`);
  }
  const content = await contentOf(ending, figure, options);
  await replaceFile(file, (draft) => draft.writeFile(content));
  return file;
}

async function contentOf(ending: string, figure: Saved, options: SaveOptions): Promise<string | Uint8Array> {
  if (ending === '.csv') return csvOf(figure.rows());
  if (ending === '.html') return figure.html();
  const { look, layout } = figure;
  const size = {
    width:
      options.width === undefined ? (layout.width ?? look.width) : toPixels('save', 'width', options.width),
    ...(options.height !== undefined && { height: toPixels('save', 'height', options.height) }),
  };
  const { ink = darkInk, ground = paper } = look;
  const draw = (font: string): string =>
    staticSvg(figure.traces, layout, { ...size, look, ground, ink, font }).replaceAll('currentColor', ink);

  if (ending === '.svg') {
    const svg = draw('Arimo, Arial, Helvetica, sans-serif');
    const { width, height } = sizeOf(svg);
    const inches = (pixels: number) => `${Number((pixels / 96).toFixed(4))}in`;
    return sized(svg, inches(width), inches(height)).replace(' style="max-width:100%;height:auto"', '');
  }
  const font = await fontOf(options.font);
  const svg = draw(font.family);
  const { width, height } = sizeOf(svg);
  if (ending === '.pdf') return pdfOf(svg, { width, height, font });
  const dpi = options.dpi ?? 300;
  if (!(dpi >= 10 && dpi <= 2400))
    throw new RangeError(`save: dpi: expected 10 to 2,400; received ${JSON.stringify(dpi)}`);
  const [across, down] = [width, height].map((pixels) => Math.round((pixels / 96) * dpi));
  return pngOf(sized(svg, String(across), String(down)), font);
}

/** The size that a picture was drawn in. */
function sizeOf(svg: string): { width: number; height: number } {
  const [, width, height] = /viewBox="0 0 ([\d.]+) ([\d.]+)"/.exec(svg) ?? [];
  return { width: Number(width), height: Number(height) };
}

/** The picture in another size: only the tag that opens it says the size of the whole. */
function sized(svg: string, width: string, height: string): string {
  const end = svg.indexOf('>');
  const opening = svg.slice(0, end).replace(/ width="[^"]*"/, ` width="${width}"`);
  return opening.replace(/ height="[^"]*"/, ` height="${height}"`) + svg.slice(end);
}

/** Numbers as they are, and nothing where a number is missing. */
function csvOf(rows: object[]): string {
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  return `${csvFormat(rows as Record<string, unknown>[] as never, columns as never)}\n`;
}
