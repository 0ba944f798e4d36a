/**
 * The headings of a Markdown page with the anchors that a code host gives them: a second of the same words has a number.
 * @param {string} text
 * @returns {{ level: number, heading: string, anchor: string }[]} in the order of the page
 */
export function anchors(text) {
  /** @type {Map<string, number>} */
  const seen = new Map();
  return [...text.matchAll(/^(#+) (.*)$/gm)].map(([, marks, heading]) => {
    const words = heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-');
    const before = seen.get(words) ?? 0;
    seen.set(words, before + 1);
    return { level: marks.length, heading, anchor: before === 0 ? words : `${words}-${before}` };
  });
}
