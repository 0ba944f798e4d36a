import { jupyterDisplay, type MimeBundle, mime } from '../base/host.js';
import { escapeHtml } from '../base/html.js';
import { table } from '../notebook/table.js';

/** What `noted` makes. */
interface Noted {
  toString(): string;
  [jupyterDisplay](): MimeBundle;
}

/** A table that shows itself, with notes below it. */
export function noted(rows: readonly object[], caption: string, notes: readonly string[]): Noted {
  const shown = table(rows, { caption });
  const text = () => [shown.toString(), ...notes].join('\n');
  return {
    toString: text,
    [jupyterDisplay]() {
      const { [mime.html]: html } = shown[jupyterDisplay]() as MimeBundle;
      const below = notes.map((note) => `<div><small>${escapeHtml(note)}</small></div>`).join('');
      return { [mime.html]: `${html}${below}`, [mime.text]: text() };
    },
  };
}
