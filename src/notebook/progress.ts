import { mime } from '../base/host.js';
import { escapeHtml } from '../base/html.js';
import { LiveDisplay } from './liveDisplay.js';

/** How far something is. */
export interface Progress {
  /** Says how much is done, and what else is worth knowing, for instance "loss 0.41". */
  update(done: number, detail?: string): void;
  /** Shows the last state; without it the last update may stay unseen. */
  finish(): void;
}

/**
 * Shows the progress of something long in one output, updated in place: a bar and a line such as
 * "train 120/600 20% loss 0.41 eta 1:32". Outside a notebook the line is printed every few seconds.
 * @param total amount that is to be done, > 0
 */
export function progress(label: string, total: number): Progress {
  if (!(total > 0)) throw new RangeError(`progress: "${label}": total must be above 0, received ${total}`);
  const live = new LiveDisplay();
  const started = Date.now();
  return {
    update(done, detail) {
      const seconds = (Date.now() - started) / 1000;
      live.show(() => {
        const text = progressLine({ label, done, total, seconds, detail });
        return { [mime.html]: progressBar(done / total, text), [mime.text]: text };
      });
    },
    finish: () => live.flush(),
  };
}

/** One line that says how far something is; the rest of the time is estimated from the `seconds` so far. */
export function progressLine(state: {
  label: string;
  done: number;
  total: number;
  seconds: number;
  detail?: string;
}): string {
  const { label, done, total, seconds, detail } = state;
  const percent = Math.floor((100 * done) / total);
  const time =
    done >= total
      ? `in ${minutes(seconds)}`
      : done > 0
        ? `eta ${minutes((seconds * (total - done)) / done)}`
        : undefined;
  return [label, `${done}/${total}`, `${percent}%`, detail, time].filter(Boolean).join(' ');
}

function minutes(seconds: number): string {
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`;
}

function progressBar(share: number, text: string): string {
  const width = `${(100 * Math.min(Math.max(share, 0), 1)).toFixed(1)}%`;
  return (
    '<div style="font:13px/1.5 system-ui,sans-serif;max-width:36em">' +
    '<div style="height:6px;border-radius:3px;background:rgba(127,127,127,.25);overflow:hidden">' +
    `<div style="width:${width};height:100%;background:#4c8bc8"></div></div>` +
    `<div style="font-variant-numeric:tabular-nums">${escapeHtml(text)}</div></div>`
  );
}
