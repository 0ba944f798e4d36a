/** Letters of three by five squares, a row of bits each: ffmpeg's own text needs fonts that a machine may lack. */
const letters: Record<string, readonly number[]> = {
  A: [2, 5, 7, 5, 5],
  B: [6, 5, 6, 5, 6],
  E: [7, 4, 6, 4, 7],
  I: [7, 2, 2, 2, 7],
  L: [4, 4, 4, 4, 7],
  M: [5, 7, 7, 5, 5],
  P: [6, 5, 6, 4, 4],
  S: [3, 4, 2, 1, 6],
  T: [7, 2, 2, 2, 2],
  U: [5, 5, 5, 5, 7],
  ' ': [0, 0, 0, 0, 0],
};

/** Columns of a letter, and of the gap after it. */
const pitch = 4;
/** Rows of a letter. */
export const letterHeight = 5;

/** Columns that a text takes. */
export const textWidth = (text: string): number => pitch * text.length - 1;

/**
 * ffmpeg filters that write a text into every frame, as boxes.
 * @param at left, top and the size of a square, in pixels. @param colour as ffmpeg writes it, such as white@0.5.
 * @throws {RangeError} for a letter that is not drawn here
 */
export function textFilters(
  text: string,
  at: { x: number; y: number; square: number },
  colour: string,
): string[] {
  return [...text].flatMap((letter, place) => {
    const rows = letters[letter];
    if (!rows) throw new RangeError(`textFilters: there is no letter "${letter}"`);
    return rows.flatMap((bits, row) =>
      runs(bits).map(([start, length]) => {
        const x = at.x + (place * pitch + start) * at.square;
        return box(x, at.y + row * at.square, length * at.square, at.square, colour);
      }),
    );
  });
}

/** An ffmpeg filter that fills a box. */
export const box = (x: number, y: number, width: number, height: number, colour: string): string =>
  `drawbox=x=${x}:y=${y}:w=${width}:h=${height}:color=${colour}:t=fill`;

/** Where squares of a row stand beside each other: the first column and how many. */
function runs(bits: number): [start: number, length: number][] {
  const found: [number, number][] = [];
  for (let column = 0; column < 3; column++) {
    if (!(bits & (4 >> column))) continue;
    const last = found.at(-1);
    if (last && last[0] + last[1] === column) last[1]++;
    else found.push([column, 1]);
  }
  return found;
}
