import { type Displayable, jupyterDisplay, type MimeBundle, mime } from '../base/host.js';
import { escapeHtml } from '../base/html.js';
import { type PageContent, page } from './page.js';

/** Height of a report in a notebook, in pixels; it scrolls. */
const shownHeight = 720;

/** What an analysis found: it shows itself in a notebook, and is one HTML page and one JSON value. */
export class Report implements Displayable {
  private readonly content: PageContent;
  /** All numbers of the report, by metric and dimension. */
  readonly values: object;
  /** The findings in a few lines. */
  readonly summary: string;

  constructor(content: PageContent, values: object, summary: string) {
    this.content = content;
    this.values = values;
    this.summary = summary;
  }

  /** The page: one file, without scripts, which works offline. */
  toHtml(): string {
    return page(this.content);
  }

  /** What `JSON.stringify` writes; undefined numbers are null. */
  toJSON(): object {
    return this.values;
  }

  toString(): string {
    return this.summary;
  }

  [jupyterDisplay](): MimeBundle {
    // A page of its own in a frame that may run nothing: its style does not touch the notebook's.
    const frame =
      `<iframe sandbox="" srcdoc="${escapeHtml(this.toHtml())}" ` +
      `style="width:100%;height:${shownHeight}px;border:1px solid rgba(127,127,127,.3);border-radius:8px"></iframe>`;
    return { [mime.html]: frame, [mime.text]: this.summary };
  }
}
