import { type Displayable, jupyterDisplay, type MimeBundle, mime } from '../base/host.js';
import { fragment, type PageContent, page } from './page.js';

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
    const parts = this.content.chapters.flatMap(({ sections }) =>
      sections.flatMap((section) => section.parts),
    );
    const first = parts.find((part) => part.kind === 'figure');
    return {
      [mime.html]: fragment(this.content),
      // For viewers that show no HTML: the first figure.
      ...(first && { [mime.svg]: first.figure.toSvg() }),
      [mime.text]: this.summary,
    };
  }
}
