/** Where a figure is read: on a screen, light or dark; in a printed column; on a wall. */
export type Theme = 'notebook' | 'paper' | 'slides';

/** How a theme looks; sizes in pixels, of which an inch has 96. */
export interface Look {
  /** Sizes of text: axis titles and legend, ticks, title. */
  text: number;
  /** Size of ticks' text. */
  tick: number;
  /** Size of the title. */
  title: number;
  /** Widths of lines and dots, in those of a notebook. */
  line: number;
  /** Width of dots, in that of a notebook. */
  width: number;
  /** Height over width. */
  ratio: number;
  /** Text, axes and ground; of a notebook they are those of the reader, light or dark. */
  ink?: string;
  /** Colour behind the figure. */
  ground?: string;
  /** Panels beside each other where there are many. */
  columns: number;
}

/** A paper is a column of 85 mm with text of 8 points, as most journals ask for. */
export const looks: Record<Theme, Look> = {
  notebook: { text: 12, tick: 11, title: 15, line: 1, width: 680, ratio: 0.53, columns: 3 },
  paper: {
    ...{ text: 10.67, tick: 9.33, title: 11.5, line: 0.75, width: 321.26, ratio: 0.72, columns: 2 },
    ...{ ink: '#000000', ground: '#ffffff' },
  },
  slides: {
    ...{ text: 22, tick: 20, title: 30, line: 2.2, width: 1280, ratio: 0.5625, columns: 4 },
    ...{ ink: '#1a1a1a', ground: '#ffffff' },
  },
};

/** Narrower pictures are less wide than a screen's, so that something is left beside title, legend and axes. */
const narrow = 480;

/** The height of a picture of which only the width is known. */
export const heightFor = (width: number, { ratio }: Look): number =>
  width * (width < narrow ? Math.max(ratio, 0.72) : ratio);
