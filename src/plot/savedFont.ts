import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';

/** The font of a saved figure. */
export interface Font {
  family: string;
  /** Files. */
  regular: string;
  bold: string;
  /** Whether it has the letter of a code. */
  has(code: number): boolean;
}

const require = createRequire(import.meta.url);
const arimo = (face: string): string => require.resolve(`@expo-google-fonts/arimo/${face}.ttf`);

/**
 * The font that is asked for, or that of the library.
 * @throws {Error} where the file is not there, or no TTF or OTF file
 */
export async function fontOf(file?: string): Promise<Font> {
  const regular = file ?? arimo('400Regular/Arimo_400Regular');
  const bold = file ?? arimo('700Bold/Arimo_700Bold');
  if (typeof regular !== 'string' || !existsSync(regular))
    throw new Error(`save: font: there is no file '${regular}'; give the path of a TTF or OTF file`);
  const { openSync } = await import('fontkit');
  let opened: ReturnType<typeof openSync> | undefined;
  try {
    opened = openSync(regular);
  } catch {
    // Said below, with what to do.
  }
  if (!opened || !('hasGlyphForCodePoint' in opened))
    throw new Error(
      `save: font: '${regular}' is not a font, or several in one file; give the path of a TTF or OTF file`,
    );
  const font = opened;
  return { family: font.familyName, regular, bold, has: (code) => font.hasGlyphForCodePoint(code) };
}

/** @throws {Error} that names the letters of an SVG's texts that the font lacks */
export function checkLetters(svg: string, { has }: Font): void {
  const lacking = new Set<string>();
  for (const [, text] of svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g)) {
    for (const letter of text.replace(/&#?\w+;/g, '')) {
      // Joiners and marks of direction are not letters.
      if (!/[\p{Cf}\s]/u.test(letter) && !has(letter.codePointAt(0)!)) lacking.add(letter);
    }
  }
  if (lacking.size === 0) return;
  throw new Error(
    `save: the font lacks ${lacking.size} of the letters of the figure's texts: ${[...lacking].slice(0, 10).join(' ')}; ` +
      "give the path of a TTF or OTF file that has them as font, such as { font: 'NotoSansSC-Regular.ttf' }, or save an SVG",
  );
}
