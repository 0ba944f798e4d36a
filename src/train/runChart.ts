import { jupyterDisplay, type MimeBundle, mime } from '../base/host.js';
import { LiveDisplay } from '../notebook/liveDisplay.js';
import { progressLine } from '../notebook/progress.js';
import { trainingCurves } from '../plot/trainingCurves.js';
import type { StepRecord } from './log.js';
import type { Run } from './run.js';

/** Steps whose pace says how long the rest takes. */
const recentSteps = 20;

/** The curves of a run while it trains: one output, updated in place; as text a line with how far it is. */
export class RunChart {
  readonly #live = new LiveDisplay();

  /** @param label of the line, such as the run's folder. @param steps of the whole training */
  constructor(
    readonly label: string,
    readonly steps: number,
  ) {}

  /** Shows the steps so far, now or soon. */
  show(history: readonly StepRecord[]): void {
    if (history.length > 0) this.#live.show(() => this.#bundle(history));
  }

  /** Draws the run as it is now, which stays; the run as the value of the same cell does not draw it again. */
  finish(run: Run): void {
    this.#live.show(() => run[jupyterDisplay]());
    this.#live.flush();
    run.shownHere();
  }

  /** Draws the last state of a run that has failed. */
  flush(): void {
    this.#live.flush();
  }

  #bundle(history: readonly StepRecord[]): MimeBundle {
    const { step, loss, accuracy, evalAccuracy } = history[history.length - 1];
    const recent = history.slice(-recentSteps);
    const pace = recent.reduce((sum, { secondsPerStep }) => sum + secondsPerStep, 0) / recent.length;
    const figures = { loss, accuracy, 'held-out accuracy': evalAccuracy };
    const detail = Object.entries(figures).flatMap(([name, value]) =>
      value === undefined ? [] : [`${name} ${value.toPrecision(3)}`],
    );
    const state = { label: this.label, done: step, total: this.steps, seconds: pace * step };
    return {
      ...trainingCurves(history)[jupyterDisplay](),
      [mime.text]: progressLine({ ...state, detail: detail.join(' ') }),
    };
  }
}
