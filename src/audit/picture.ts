import { type Displayable, jupyterDisplay, type MimeBundle, mime } from '../base/host.js';
import { escapeHtml } from '../base/html.js';

/** Colour of text that is readable on white and on black. */
const grey = '#7f7f7f';

/** Colours of what costs, what is preferred, and of a verdict: told apart by colour-blind readers, on white and on black. */
export const colours = { costs: '#4c8bc8', preferred: '#e1812c', verdict: '#b5545c' } as const;

/** A drawing that shows itself. */
export class Picture implements Displayable {
  /**
   * @param body elements of the drawing; text is in the colour of the picture
   * @param summary the same in words
   */
  constructor(
    private readonly size: { width: number; height: number },
    private readonly body: string,
    /** The drawing in words. */
    readonly summary: string,
  ) {}

  /** The drawing by itself. @param options `ink`: colour of text and lines */
  toSvg({ ink = grey }: { ink?: string } = {}): string {
    const { width, height } = this.size;
    return (
      `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" ` +
      `color="${ink}" fill="currentColor" font-family="system-ui, sans-serif" font-size="12" role="img" ` +
      `aria-label="${escapeHtml(this.summary)}" style="max-width:100%;height:auto">${this.body}</svg>`
    );
  }

  [jupyterDisplay](): MimeBundle {
    return {
      [mime.html]: this.toSvg({ ink: 'currentColor' }),
      [mime.svg]: this.toSvg(),
      [mime.text]: this.summary,
    };
  }
}

/** A text element. */
export function text(
  content: string,
  x: number,
  y: number,
  attributes: Record<string, string | number> = {},
): string {
  const more = Object.entries(attributes)
    .map(([name, value]) => ` ${name}="${escapeHtml(String(value))}"`)
    .join('');
  return `<text x="${x}" y="${y}"${more}>${escapeHtml(content)}</text>`;
}

/** A number with its sign and two decimals. */
export function signed(value: number): string {
  const digits = Math.abs(value).toFixed(2);
  return Number(digits) === 0 ? digits : `${value < 0 ? '−' : '+'}${digits}`;
}
