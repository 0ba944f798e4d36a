/**
 * About how wide a text is, in pixels: by the widths of DejaVu Sans's letters, rounded to a few classes. It is the widest of the fonts
 * that a viewer may have (an eighth wider than Arial), so what fits by them is cut off nowhere.
 */
export function textWidth(text: string, size: number): number {
  let width = 0;
  for (const letter of text) width += widthOf(letter);
  return width * size;
}

/** In parts of the size. */
function widthOf(letter: string): number {
  if ("ijl.,:;'|!I ".includes(letter)) return 0.31;
  if ('frt-()[]/'.includes(letter)) return 0.39;
  if ('mMW@%'.includes(letter)) return 0.96;
  if ('w+−'.includes(letter)) return 0.83;
  if (letter >= 'A' && letter <= 'Z') return 0.7;
  // Chinese, Japanese and Korean letters, and emoji, are square.
  return letter.codePointAt(0)! >= 0x2e80 ? 1 : 0.63;
}

/** Lines of a text that are not wider than `width`, broken at spaces; a longer word stays whole. */
export function wrapped(text: string, size: number, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(/\s+/)) {
    const last = lines.at(-1);
    if (last !== undefined && textWidth(`${last} ${word}`, size) <= width)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

/** A text that is cut where it would be wider than `width`. */
export function cut(text: string, size: number, width: number): string {
  if (textWidth(text, size) <= width) return text;
  const letters = [...text];
  while (letters.length > 1 && textWidth(`${letters.join('')}…`, size) > width) letters.pop();
  return `${letters.join('').trimEnd()}…`;
}
