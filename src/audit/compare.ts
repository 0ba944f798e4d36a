import { type Displayable, jupyterDisplay, type MimeBundle, mime } from '../base/host.js';
import { escapeHtml } from '../base/html.js';
import type { Audit } from './audit.js';
import { familyLines } from './familyLines.js';
import { heatMap } from './heatMap.js';
import { page } from './page.js';
import type { Picture } from './picture.js';

/** Two audits side by side: it shows itself in a notebook, and is one HTML page and one JSON value. */
export class Comparison implements Displayable {
  constructor(
    /** The first audit. */
    readonly first: Audit,
    /** The second audit. */
    readonly second: Audit,
  ) {}

  /** Both heat maps. */
  heatMap(): Picture {
    return heatMap([this.first, this.second]);
  }

  /** Both lines of each family; those of the second are dotted. */
  lines(): Picture {
    return familyLines([this.first, this.second]);
  }

  /** Both summaries, one below the other. */
  get summary(): string {
    return `${this.first.summary}\n\n${this.second.summary}`;
  }

  toString(): string {
    return this.summary;
  }

  /** One page about both: nothing of it runs, and it works offline. */
  toHtml(): Promise<string> {
    return page([this.first, this.second]);
  }

  /** Both audits as one JSON value. */
  toJSON(): object {
    return { first: this.first, second: this.second };
  }

  [jupyterDisplay](): MimeBundle {
    const picture = this.heatMap();
    const findings = [this.first, this.second].map(
      ({ summary }) => `<p>${escapeHtml(summary).replaceAll('\n', '<br>')}</p>`,
    );
    return {
      [mime.html]: `${findings.join('')}${picture.toSvg({ ink: 'currentColor' })}`,
      [mime.text]: `${this.summary}\n\n${picture.summary}`,
    };
  }
}

/**
 * Two audits of the same clips, side by side.
 * @throws {RangeError} for audits of different clips: what differs then may be the clips
 */
export function compare(first: Audit, second: Audit): Comparison {
  const of = new Set(second.clips);
  const missing = first.clips.find((clip) => !of.has(clip));
  if (missing !== undefined || first.clips.length !== second.clips.length) {
    throw new RangeError(
      `compare: the audits are of different clips (${first.clips.length} and ${second.clips.length}` +
        `${missing === undefined ? '' : `; the second lacks "${missing}"`}); audit both on the same ones`,
    );
  }
  return new Comparison(first, second);
}
