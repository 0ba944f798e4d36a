/** About how wide a text is, in pixels: by the widths of Arial's letters, rounded to a few classes. */
export function textWidth(text: string, size: number): number {
  let width = 0;
  for (const letter of text) width += widthOf(letter);
  return width * size;
}

/** In parts of the size. */
function widthOf(letter: string): number {
  if ("ijl.,:;'|!I()[]ft/ ".includes(letter)) return 0.29;
  if ('mwMW@%'.includes(letter)) return 0.86;
  if (letter >= 'A' && letter <= 'Z') return 0.69;
  // Chinese, Japanese and Korean letters, and emoji, are square.
  return letter.codePointAt(0)! >= 0x2e80 ? 1 : 0.55;
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
