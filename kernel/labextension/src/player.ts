import type { IRenderMime } from '@jupyterlab/rendermime-interfaces';
import { Widget } from '@lumino/widgets';
import { mime } from '../../../src/base/host.js';
import type { PlayerData } from '../../../src/notebook/messages.js';
import { clipUrls } from './clipUrls.js';
import { element } from './element.js';
import { VideoPlayer } from './videoPlayer.js';

/** Clips that play in step, each with its score, label, note and prompt. */
export class PlayerRenderer extends Widget implements IRenderMime.IRenderer {
  readonly #mimeType: string;
  readonly #resolver: IRenderMime.IResolver | null;
  #model: IRenderMime.IMimeModel | undefined;
  #player: VideoPlayer | undefined;

  constructor({ mimeType, resolver }: IRenderMime.IRendererOptions) {
    super();
    this.#mimeType = mimeType;
    this.#resolver = resolver;
    this.addClass('sr-PlayerRenderer');
  }

  async renderModel(model: IRenderMime.IMimeModel): Promise<void> {
    this.#model = model;
    this.#player?.dispose();
    this.#player = undefined;
    if (this.isAttached) this.#show(model);
  }

  override dispose(): void {
    if (this.isDisposed) return;
    this.#player?.dispose();
    super.dispose();
  }

  protected override onAfterAttach(): void {
    // Before, it is not known which notebook this is in, whose kernel may be needed.
    if (this.#model && !this.#player) this.#show(this.#model);
  }

  protected override onBeforeDetach(): void {
    this.#player?.pause();
  }

  protected override onBeforeHide(): void {
    this.#player?.pause();
  }

  #show(model: IRenderMime.IMimeModel): void {
    const { clips } = model.data[this.#mimeType] as unknown as PlayerData;
    const inline = inlineSources(model.data[mime.html]);
    const resolver = this.#resolver;
    this.#player = new VideoPlayer(
      clips.map((clip, i) => ({
        ...clip,
        urls: (say) => clipUrls(clip, { widget: this, resolver, inline: inline[i] }, say),
        caption: caption(clip),
      })),
    );
    this.node.replaceChildren(this.#player.node);
  }
}

/**
 * Data URIs of the clips that are small enough to be in the notebook, in its HTML. It is not parsed: the videos of a
 * document that is not shown are loaded all the same.
 */
function inlineSources(html: unknown): (string | undefined)[] {
  const figures = String(html).match(/<figure.*?<\/figure>/gs) ?? [];
  return figures.map(
    (figure) => figure.match(/<video src="(data:video\/(?:mp4|webm);base64,[\w+/=]+)"/)?.[1],
  );
}

/** What is known of a clip besides its picture. */
type Caption = Pick<PlayerData['clips'][number], 'id' | 'prompt' | 'generator' | 'score' | 'label' | 'note'>;

/** What is written under a clip. */
export function caption({ id, prompt, generator, score, label, note }: Caption): Node {
  const verdict = typeof label === 'boolean' ? (label ? 'Pass' : 'Fail') : label;
  const lines: Node[] = [];
  const head = element('div', { className: 'sr-Verdict' });
  // What is not a number is null in JSON.
  if (typeof score === 'number') {
    head.append(
      element(
        'span',
        { className: 'sr-Score' },
        `${score < 0 ? '\u2212' : '+'}${Math.abs(score).toFixed(2)}`,
      ),
    );
  }
  if (verdict) head.append(element('span', { className: 'sr-Label' }, verdict));
  if (head.hasChildNodes()) lines.push(head);
  if (prompt) lines.push(element('div', {}, prompt));
  if (note) lines.push(element('div', { className: 'sr-Note' }, note));
  lines.push(element('div', { className: 'sr-Name' }, [id, generator].filter(Boolean).join(' \u00b7 ')));
  return element('figcaption', {}, ...lines);
}
