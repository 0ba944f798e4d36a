import { type Displayable, jupyterDisplay, type MimeBundle, mime } from '../base/host.js';

/** Something that shows itself as the last value of a cell or by `display`, and is plain text elsewhere. */
export type Content = Displayable & { toString(): string };

/** HTML that shows itself: `html('<b>bold</b>')`. It is shown as it is: put no text into it that others have written. */
export function html(text: string): Content {
  return written('html', mime.html, text);
}

/** Markdown that shows itself, with formulas between dollar signs where the front end sets them. */
export function markdown(text: string): Content {
  return written('markdown', mime.markdown, text);
}

/** A formula that shows itself: `latex('L = -\\log \\sigma(r_w - r_l)')`, with or without dollar signs around it. */
export function latex(formula: string): Content {
  const isMarked = /^\s*(\$|\\\(|\\\[|\\begin\{)/.test(String(formula));
  return written('latex', mime.latex, formula, isMarked ? formula : `$$${formula}$$`);
}

/**
 * An SVG picture that shows itself.
 * @throws TypeError for a text without an svg element
 */
export function svg(text: string): Content {
  if (typeof text === 'string' && !/<svg[\s>]/.test(text))
    throw new TypeError(
      `svg: expected a text with an <svg> element, received ${JSON.stringify(text.slice(0, 60))}`,
    );
  return written('svg', mime.svg, text);
}

/**
 * A value as JSON, which JupyterLab shows as a tree to open and search; a copy of what it is now.
 * @throws TypeError for what JSON cannot hold
 */
export function json(value: unknown): Content {
  let text: string | undefined;
  try {
    text = JSON.stringify(value, undefined, 2);
  } catch (cause) {
    throw new TypeError(
      `json: expected what JSON can hold, received a value of which it says: ${(cause as Error).message}`,
      {
        cause,
      },
    );
  }
  if (text === undefined) throw new TypeError(`json: expected what JSON can hold, received ${typeof value}`);
  const copy: unknown = JSON.parse(text);
  return content({ [mime.json]: copy, [mime.text]: text });
}

function written(name: string, type: string, text: string, shown = text): Content {
  if (typeof text !== 'string') throw new TypeError(`${name}: expected a text, received ${typeof text}`);
  return content({ [type]: shown, [mime.text]: text });
}

function content(bundle: MimeBundle): Content {
  return { toString: () => String(bundle[mime.text]), [jupyterDisplay]: () => bundle };
}
