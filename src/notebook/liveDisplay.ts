import { host, type MimeBundle, mime } from '../base/host.js';

/** Time between two updates: a notebook takes a few a second; on a terminal each update is a new line. */
const milliseconds = { notebook: 250, terminal: 2000 };

let displays = 0;

/** One output that is updated in place, a few times a second at most. The latest state is never left out. */
export class LiveDisplay {
  readonly #displayId = `solireward-live-${process.pid}-${++displays}`;
  #pending: (() => MimeBundle) | undefined;
  #timer: NodeJS.Timeout | undefined;
  #shownAt = Number.NEGATIVE_INFINITY;
  #updates = false;

  /** Shows a state now, or soon where another one was shown just before; `state` is called only if it is shown. */
  show(state: () => MimeBundle): void {
    this.#pending = state;
    const interval = host() ? milliseconds.notebook : milliseconds.terminal;
    const wait = this.#shownAt + interval - Date.now();
    if (wait <= 0) this.flush();
    else this.#timer ??= setTimeout(() => this.flush(), wait).unref();
  }

  /** Shows the latest state if it is not shown yet. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (!this.#pending) return;
    const bundle = this.#pending();
    this.#pending = undefined;
    this.#shownAt = Date.now();
    const notebook = host();
    if (notebook) notebook.display(bundle, { displayId: this.#displayId, update: this.#updates });
    else console.log(bundle[mime.text]);
    this.#updates = true;
  }
}
