import { checkLetters, type Font } from './savedFont.js';

/**
 * A PNG of an SVG in the size that it says, with the fonts of the library and none of the machine, so that it is the same
 * everywhere.
 * @throws {Error} that names the letters that the font lacks
 */
export async function pngOf(svg: string, font: Font): Promise<Uint8Array> {
  checkLetters(svg, font);
  const { Resvg } = await import('@resvg/resvg-js');
  // The picture fills its pixels, though the shares of a pixel are rounded.
  const picture = new Resvg(svg.replace('<svg', '<svg preserveAspectRatio="none"'), {
    font: {
      loadSystemFonts: false,
      fontFiles: [font.regular, font.bold],
      defaultFontFamily: font.family,
    },
  });
  return picture.render().asPng();
}
