import { checkLetters, type Font } from './savedFont.js';

/** Points of PDF in a pixel. */
const points = 72 / 96;

/**
 * A PDF of one page with an SVG on it: lines and areas as such, text as text in an embedded part of the font.
 * @param size of the page in pixels, and the font
 * @throws {Error} that names the letters that the font lacks
 */
export async function pdfOf(
  svg: string,
  { width, height, font }: { width: number; height: number; font: Font },
): Promise<Uint8Array> {
  checkLetters(svg, font);
  const [{ default: PDFDocument }, { default: svgToPdf }] = await Promise.all([
    import('pdfkit'),
    import('svg-to-pdfkit'),
  ]);
  const size: [number, number] = [width * points, height * points];
  const document = new PDFDocument({ size, margin: 0, info: { Producer: 'solireward' } });
  document.registerFont('regular', font.regular);
  document.registerFont('bold', font.bold);
  const chunks: Uint8Array[] = [];
  const ended = new Promise<void>((resolve, reject) => {
    document.on('data', (chunk: Uint8Array) => chunks.push(chunk));
    document.on('end', resolve);
    document.on('error', reject);
  });
  svgToPdf(document, svg, 0, 0, {
    width: size[0],
    height: size[1],
    fontCallback: (_family, bold) => (bold ? 'bold' : 'regular'),
  });
  document.end();
  await ended;
  return Buffer.concat(chunks);
}
