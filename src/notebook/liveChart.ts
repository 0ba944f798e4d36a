import { jupyterDisplay, type MimeBundle, mime } from '../base/host.js';
import { LiveDisplay } from './liveDisplay.js';
import { progressLine } from './progress.js';

/** A chart that grows while something runs. */
export interface LiveChart<T> {
  /** Adds a point and draws again, a few times a second at most. */
  add(point: T): void;
  /** Draws the last state, which stays. */
  finish(): void;
}

/**
 * Shows a chart in one output, updated in place; as text it is a progress line with the latest figures.
 * @param options `total`: the last step; `draw`: the figure of all points so far, for instance
 * `(points) => trainingCurves(points)`
 * @returns what takes the points: a step and its figures, such as `{ step: 10, loss: 0.4, accuracy: 0.8 }`
 */
export function liveChart<T extends { step: number }>(options: {
  label: string;
  total: number;
  draw: (points: readonly T[]) => { [jupyterDisplay](): MimeBundle };
}): LiveChart<T> {
  const { label, total, draw } = options;
  const live = new LiveDisplay();
  const points: T[] = [];
  const started = Date.now();
  return {
    add(point) {
      points.push(point);
      live.show(() => {
        const { step, ...figures } = points[points.length - 1];
        const detail = Object.entries(figures)
          .flatMap(([name, value]) => (typeof value === 'number' ? `${name} ${value.toPrecision(3)}` : []))
          .join(' ');
        const seconds = (Date.now() - started) / 1000;
        return {
          ...draw(points)[jupyterDisplay](),
          [mime.text]: progressLine({ label, done: step, total, seconds, detail }),
        };
      });
    },
    finish: () => live.flush(),
  };
}
