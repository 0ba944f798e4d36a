import type { IRenderMime } from '@jupyterlab/rendermime-interfaces';
import { Widget } from '@lumino/widgets';
import { mime } from '../../../src/base/host.js';
import type { AnnotatorAnswer, AnnotatorClip, AnnotatorData } from '../../../src/notebook/messages.js';
import { AnnotatorDesk } from './annotatorDesk.js';
import { AnnotatorLink } from './annotatorLink.js';
import { AnnotatorStore } from './annotatorStore.js';
import { clipUrls } from './clipUrls.js';
import { askBeside, openComm } from './comm.js';
import { element } from './element.js';
import { VideoPlayer } from './videoPlayer.js';

/** Clips to judge one by one, by somebody whose name is asked first where it is not known. */
export class AnnotatorRenderer extends Widget implements IRenderMime.IRenderer {
  readonly #resolver: IRenderMime.IResolver | null;
  #data!: AnnotatorData;
  #store!: AnnotatorStore;
  #link: AnnotatorLink | undefined;
  #desk: AnnotatorDesk | undefined;

  constructor({ resolver }: IRenderMime.IRendererOptions) {
    super();
    this.#resolver = resolver;
    this.addClass('sr-AnnotatorRenderer');
  }

  async renderModel(model: IRenderMime.IMimeModel): Promise<void> {
    this.#data = model.data[mime.annotator] as unknown as AnnotatorData;
    this.#store = new AnnotatorStore(this.#data.target);
    const { annotators } = this.#data;
    const name = annotators.length === 1 ? annotators[0] : this.#store.name;
    if (name !== undefined && (annotators.length === 0 || annotators.includes(name))) this.#start(name);
    else this.#askName();
  }

  override dispose(): void {
    if (this.isDisposed) return;
    this.#end();
    super.dispose();
  }

  protected override onBeforeDetach(): void {
    this.#desk?.pause();
  }

  protected override onBeforeHide(): void {
    this.#desk?.pause();
  }

  #end(): void {
    this.#link?.close();
    this.#desk?.dispose();
  }

  #askName(): void {
    this.#end();
    const { annotators, dimension } = this.#data;
    const chosen = (name: string) => {
      this.#store.name = name;
      this.#start(name);
      this.#desk?.node.focus();
    };
    const input = element('input', { type: 'text', maxLength: 100, autocomplete: 'off' });
    input.setAttribute('aria-label', 'Your name');
    const start = () => {
      const name = input.value.trim().normalize();
      if (name) chosen(name);
    };
    input.onkeydown = ({ key }) => {
      if (key === 'Enter') start();
    };
    const button = (label: string, onclick: () => void) =>
      element('button', { type: 'button', onclick }, label);
    const choices =
      annotators.length > 0
        ? annotators.map((name) => button(name, () => chosen(name)))
        : [input, button('Start', start)];
    const question = element(
      'div',
      { className: 'sr-Annotator sr-Annotator-name' },
      element('strong', {}, dimension),
      'Who are you? Your votes are kept under this name; write it the same way each time.',
      element('div', {}, ...choices),
    );
    question.dataset.lmSuppressShortcuts = 'true';
    this.node.replaceChildren(question);
  }

  #start(name: string): void {
    this.#end();
    const desk = new AnnotatorDesk(this.#data, {
      ask: (asked) => link.ask(asked),
      draft: (clip, note) => this.#store.keep(name, { draft: { clip, note } }),
      changeAnnotator: () => this.#askName(),
      playerOf: (clip) => this.#playerOf(clip),
    });
    const { target } = this.#data;
    const open = () => openComm(this, target);
    const ask = (request: object) => askBeside(this, target, request);
    const link = new AnnotatorLink(open, ask, this.#store, name, {
      answered: (answer) => this.#answered(name, answer),
      waiting: (message) => desk.say(message),
      lost: (message) => {
        desk.busy = true;
        desk.say(message, 'problem');
      },
    });
    this.#desk = desk;
    this.#link = link;
    this.node.replaceChildren(desk.node);
    desk.say('Connecting \u2026');
    link.connect();
  }

  #answered(name: string, { error, state }: AnnotatorAnswer): void {
    const desk = this.#desk!;
    if (state) {
      const { draft } = this.#store.read(name);
      const kept = draft && draft.clip === state.clip?.id ? draft.note : '';
      if (draft && !kept) this.#store.keep(name, { draft: undefined });
      desk.show(state, state.note || kept);
    }
    if (error !== undefined) desk.say(error, 'problem');
    else if (state?.repairs.length) desk.say(state.repairs.join(' '));
    else desk.say(state?.clip ? 'Everything up to here is on disk.' : 'All is on disk.');
  }

  #playerOf({ video }: AnnotatorClip): VideoPlayer | undefined {
    if (!video) return undefined;
    const places = { widget: this, resolver: this.#resolver };
    return new VideoPlayer([{ ...video, urls: (say) => clipUrls(video, places, say) }]);
  }
}
