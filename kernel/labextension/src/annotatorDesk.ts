import type { AnnotatorClip, AnnotatorData, AnnotatorState } from '../../../src/notebook/messages.js';
import type { Asked } from './annotatorLink.js';
import { element } from './element.js';
import type { VideoPlayer } from './videoPlayer.js';

/** What the desk asks for. */
export interface DeskEvents {
  ask(asked: Asked): void;
  /** The note on a clip has changed. */
  draft(clip: string, note: string): void;
  changeAnnotator(): void;
  playerOf(clip: AnnotatorClip): VideoPlayer | undefined;
}

/** A vote sooner than that after a clip appears is a key that was pressed twice. */
const bounceMilliseconds = 300;

/**
 * Where clips are judged: the video, what is asked, the note and the buttons. Its parts keep their places from clip
 * to clip.
 */
export class AnnotatorDesk {
  /** Put it on the page; keys work while the focus is inside. */
  readonly node: HTMLElement;
  readonly #events: DeskEvents;
  readonly #stage = element('div', { className: 'sr-Annotator-stage' });
  readonly #prompt = element('p', { className: 'sr-Annotator-prompt' });
  readonly #note = element('textarea', { rows: 3, maxLength: 10_000, placeholder: 'Note' });
  readonly #bar = element('progress');
  readonly #count = element('span');
  readonly #agreement = element('div');
  readonly #status = element('div', { className: 'sr-Annotator-status' });
  readonly #annotator = element('span');
  readonly #buttons: Record<'fail' | 'pass' | 'skip' | 'undo' | 'revisit', HTMLButtonElement>;
  #state: AnnotatorState | undefined;
  #player: VideoPlayer | undefined;
  #upcoming: { id: string; player: VideoPlayer | undefined } | undefined;
  #shownAt = 0;
  #busy = true;

  constructor({ dimension, criteria, annotators }: AnnotatorData, events: DeskEvents) {
    this.#events = events;
    const button = (name: string, label: string, key: string, press: () => void) =>
      element(
        'button',
        {
          type: 'button',
          className: `sr-Annotator-button sr-mod-${name}`,
          onclick: () => {
            press();
            // Else the space bar would press the button again, on the next clip.
            this.node.focus();
          },
        },
        label,
        ...(key ? [element('kbd', {}, key)] : []),
      );
    this.#buttons = {
      fail: button('fail', 'Fail', 'F', () => this.#judge(false)),
      pass: button('pass', 'Pass', 'P', () => this.#judge(true)),
      skip: button('skip', 'Skip', 'S', () => this.#judge(undefined)),
      undo: button('undo', 'Undo', 'U', () => this.#ask({ type: 'undo' })),
      revisit: button('revisit', 'Show the skipped clips again', '', () => this.#ask({ type: 'revisit' })),
    };
    this.#note.setAttribute('aria-label', 'Note on this clip (N)');
    this.#note.oninput = () => {
      if (this.#state?.clip) events.draft(this.#state.clip.id, this.#note.value);
    };
    this.#status.setAttribute('role', 'status');
    const change = element(
      'button',
      { type: 'button', className: 'sr-Annotator-link', onclick: events.changeAnnotator },
      'change',
    );
    change.hidden = annotators.length === 1;
    this.node = element(
      'div',
      { className: 'sr-Annotator', tabIndex: 0, onkeydown: (event) => this.#press(event) },
      element(
        'header',
        {},
        element('strong', {}, dimension),
        element('span', { className: 'sr-Annotator-who' }, this.#annotator, change),
        this.#bar,
        this.#count,
      ),
      element(
        'div',
        { className: 'sr-Annotator-desk' },
        this.#stage,
        element(
          'aside',
          {},
          element('h4', {}, 'Prompt'),
          this.#prompt,
          element('h4', {}, 'What passes, what fails'),
          element('p', { className: 'sr-Annotator-criteria' }, criteria),
          element('label', {}, element('span', {}, 'Note ', element('kbd', {}, 'N')), this.#note),
        ),
      ),
      element(
        'div',
        { className: 'sr-Annotator-buttons' },
        this.#buttons.fail,
        this.#buttons.pass,
        this.#buttons.skip,
        this.#buttons.undo,
        this.#buttons.revisit,
      ),
      element(
        'footer',
        {},
        this.#status,
        element(
          'div',
          { className: 'sr-Annotator-aside' },
          element(
            'div',
            { className: 'sr-Annotator-keys' },
            element('span', { className: 'sr-Annotator-hint' }, 'Click here to use the keys'),
            ...keyHelp(['space', 'play'], ['\u2190 \u2192', 'frame'], ['< >', 'speed'], ['L', 'loop']),
          ),
          this.#agreement,
        ),
      ),
    );
    this.node.setAttribute('role', 'group');
    this.node.setAttribute('aria-label', `Annotator: ${dimension}`);
    // Else letters would be commands of the notebook.
    this.node.dataset.lmSuppressShortcuts = 'true';
    this.#enable();
  }

  /** Shows where the annotator is. The clip is shown anew only if it is another one. */
  show(state: AnnotatorState, draft: string): void {
    const before = this.#state?.clip?.id;
    this.#state = state;
    const { annotator, clip, votes, skipped, left } = state;
    this.#annotator.textContent = annotator;
    this.#bar.max = votes + skipped + left;
    this.#bar.value = votes + skipped;
    this.#count.textContent = `${votes + skipped} of ${votes + skipped + left}${skipped > 0 ? ` \u00b7 ${skipped} skipped` : ''}`;
    this.#agreement.textContent = agreementText(state);
    this.node.classList.toggle('sr-mod-done', clip === null);
    if (!clip || clip.id !== before) this.#showClip(clip);
    if (!clip || clip.id !== before || draft) this.#note.value = draft;
    this.#prepare(state.next);
    this.busy = false;
  }

  /** Says something in the line that is kept for it. */
  say(message: string, kind: 'plain' | 'problem' = 'plain'): void {
    this.#status.textContent = message;
    this.#status.classList.toggle('sr-mod-problem', kind === 'problem');
  }

  /** While busy, nothing can be judged. */
  set busy(busy: boolean) {
    this.#busy = busy;
    this.#enable();
  }

  pause(): void {
    this.#player?.pause();
  }

  dispose(): void {
    this.#player?.dispose();
    this.#upcoming?.player?.dispose();
    this.node.remove();
  }

  #showClip(clip: AnnotatorClip | null): void {
    const speed = this.#player?.sync.speed ?? 1;
    this.#player?.dispose();
    this.#player = undefined;
    this.#prompt.textContent = clip ? (clip.prompt ?? 'none') : '';
    if (!clip) {
      this.#stage.replaceChildren(element('p', { className: 'sr-Annotator-empty' }, 'All clips are judged.'));
      return;
    }
    const ready = this.#upcoming?.id === clip.id ? this.#upcoming.player : undefined;
    if (ready) this.#upcoming = undefined;
    this.#player = ready ?? this.#events.playerOf(clip);
    const empty = element('p', { className: 'sr-Annotator-empty' }, clip.failure ?? '');
    this.#stage.replaceChildren(this.#player?.node ?? empty);
    if (this.#player) {
      this.#player.sync.speed = speed;
      this.#player.sync.play();
    }
    this.#shownAt = performance.now();
  }

  /** Loads the clip after this one already. */
  #prepare(next: AnnotatorClip | null): void {
    if (next?.id === this.#upcoming?.id) return;
    this.#upcoming?.player?.dispose();
    this.#upcoming = next ? { id: next.id, player: this.#events.playerOf(next) } : undefined;
  }

  #judge(pass: boolean | undefined): void {
    const clip = this.#state?.clip?.id;
    const milliseconds = performance.now() - this.#shownAt;
    if (clip === undefined || milliseconds < bounceMilliseconds) return;
    const judged = { clip, note: this.#note.value, seconds: milliseconds / 1000 };
    this.#ask(pass === undefined ? { type: 'skip', ...judged } : { type: 'vote', pass, ...judged });
  }

  #ask(asked: Asked): void {
    if (this.#busy) return;
    this.busy = true;
    this.#events.ask(asked);
  }

  #enable(): void {
    const { clip = null, votes = 0, skipped = 0 } = this.#state ?? {};
    const { fail, pass, skip, undo, revisit } = this.#buttons;
    // Not the attribute "disabled", which would take the focus away and flicker at each vote.
    const enable = (button: HTMLButtonElement, able: boolean) =>
      button.setAttribute('aria-disabled', String(!able));
    for (const button of [fail, pass, skip]) enable(button, !this.#busy && clip !== null);
    enable(undo, !this.#busy && votes + skipped > 0);
    enable(revisit, !this.#busy);
    revisit.hidden = clip !== null || skipped === 0;
  }

  #press(event: KeyboardEvent): void {
    if (event.target === this.#note) {
      if (event.key !== 'Escape') return;
      this.node.focus();
      event.preventDefault();
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || event.target instanceof HTMLSelectElement) return;
    const key = event.key.toLowerCase();
    const button = {
      f: this.#buttons.fail,
      p: this.#buttons.pass,
      s: this.#buttons.skip,
      u: this.#buttons.undo,
    }[key];
    if (button || key === 'n') {
      event.preventDefault();
      event.stopPropagation();
      // A key that is held down judges one clip.
      if (event.repeat) return;
      if (button) button.click();
      else this.#note.focus();
    } else {
      this.#player?.handleKey(event);
    }
  }
}

function agreementText({ agreement, left }: AnnotatorState): string {
  if (!agreement) return '';
  const { alpha, raw, clips } = agreement;
  const text = `Agreement on ${clips} clips: ${Math.round(100 * raw)} %, alpha ${alpha === null ? '\u2013' : alpha.toFixed(2)}`;
  return left > 0 ? `${text} (renewed every ten votes)` : text;
}

function keyHelp(...keys: [string, string][]): Node[] {
  return keys.map(([key, what]) => element('span', {}, element('kbd', {}, key), ` ${what}`));
}
