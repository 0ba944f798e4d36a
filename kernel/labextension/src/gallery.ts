import type { IRenderMime } from '@jupyterlab/rendermime-interfaces';
import { Widget } from '@lumino/widgets';
import type { GalleryClip, GalleryData } from '../../../src/notebook/messages.js';
import { element } from './element.js';
import { GalleryTile } from './galleryTile.js';

const orders = {
  given: 'As given',
  highest: 'Highest score',
  lowest: 'Lowest score',
};
type Order = keyof typeof orders;

/** Many clips as a grid: sorted, filtered by group, loaded while they are seen, opened in a player of their own. */
export class GalleryRenderer extends Widget implements IRenderMime.IRenderer {
  readonly #mimeType: string;
  readonly #resolver: IRenderMime.IResolver | null;
  #model: IRenderMime.IMimeModel | undefined;
  #tiles: GalleryTile[] = [];
  #seen: IntersectionObserver | undefined;

  constructor({ mimeType, resolver }: IRenderMime.IRendererOptions) {
    super();
    this.#mimeType = mimeType;
    this.#resolver = resolver;
    this.addClass('sr-GalleryRenderer');
  }

  async renderModel(model: IRenderMime.IMimeModel): Promise<void> {
    this.#end();
    this.#model = model;
    if (this.isAttached) this.#show(model);
  }

  override dispose(): void {
    if (this.isDisposed) return;
    this.#end();
    super.dispose();
  }

  protected override onAfterAttach(): void {
    // Before, it is not known which notebook this is in, whose kernel may be needed.
    if (this.#model && this.#tiles.length === 0) this.#show(this.#model);
  }

  protected override onBeforeDetach(): void {
    for (const tile of this.#tiles) tile.pause();
  }

  protected override onBeforeHide(): void {
    for (const tile of this.#tiles) tile.pause();
  }

  #end(): void {
    this.#seen?.disconnect();
    for (const tile of this.#tiles) tile.dispose();
    this.#tiles = [];
  }

  #show(model: IRenderMime.IMimeModel): void {
    const { clips, by, total } = model.data[this.#mimeType] as unknown as GalleryData;
    const places = { widget: this, resolver: this.#resolver };
    this.#tiles = clips.map((clip) => new GalleryTile(clip, places));
    const byNode = new Map<Element, GalleryTile>(this.#tiles.map((tile) => [tile.node, tile]));
    this.#seen = new IntersectionObserver(
      (entries) => {
        for (const { target, isIntersecting } of entries) byNode.get(target)?.see(isIntersecting);
      },
      { rootMargin: '200px' },
    );
    for (const node of byNode.keys()) this.#seen.observe(node);

    const grid = element('div', { className: 'sr-Grid' });
    const count = element('span', { className: 'sr-Count' });
    count.setAttribute('role', 'status');
    let order: Order = 'given';
    let group = '';
    const arrange = () => {
      const kept = arranged(clips, order).filter((i) => group === '' || clips[i].group === group);
      for (const tile of this.#tiles) tile.pause();
      grid.replaceChildren(...kept.map((i) => this.#tiles[i].node));
      count.textContent = kept.length === total ? `${total} clips` : `${kept.length} of ${total} clips`;
    };
    const bar = element('div', { className: 'sr-GalleryBar' });
    if (clips.some(({ score }) => typeof score === 'number')) {
      bar.append(
        select('Order', Object.entries(orders), (value) => {
          order = value as Order;
          arrange();
        }),
      );
    }
    const groups = countsOf(clips);
    if (groups.length > 1) {
      const names = groups.map(([name, clips]) => [name, `${name} (${clips})`] as const);
      bar.append(
        select(by ?? 'group', [['', `Every ${by ?? 'group'}`], ...names], (value) => {
          group = value;
          arrange();
        }),
      );
    }
    const heat = element('button', { type: 'button', className: 'sr-TextButton' }, 'Heat maps');
    heat.setAttribute('aria-pressed', 'true');
    heat.onclick = () => heat.setAttribute('aria-pressed', String(!grid.classList.toggle('sr-mod-noHeat')));
    if (clips.some(({ attention }) => attention?.maps)) bar.append(heat);
    bar.append(count);
    arrange();
    // Else letters would be commands of the notebook.
    this.node.dataset.lmSuppressShortcuts = 'true';
    this.node.replaceChildren(bar, grid);
  }
}

/** The places of clips in an order; those without a score come last. */
function arranged(clips: readonly GalleryClip[], order: Order): number[] {
  const places = clips.map((_, i) => i);
  if (order === 'given') return places;
  const sign = order === 'lowest' ? 1 : -1;
  // What is not a number is null in JSON.
  const of = ({ score }: GalleryClip) =>
    typeof score === 'number' ? sign * score : Number.POSITIVE_INFINITY;
  return places.sort((a, b) => of(clips[a]) - of(clips[b]) || a - b);
}

/** How many clips there are of each group, the largest first. */
function countsOf(clips: readonly GalleryClip[]): [string, number][] {
  const counts = new Map<string, number>();
  for (const { group } of clips) if (group !== undefined) counts.set(group, (counts.get(group) ?? 0) + 1);
  return [...counts].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1));
}

function select(
  name: string,
  choices: readonly (readonly [value: string, text: string])[],
  onChoice: (value: string) => void,
): HTMLSelectElement {
  const made = element('select', { className: 'sr-Speed', title: name });
  made.setAttribute('aria-label', name);
  for (const [value, text] of choices) made.add(new Option(text, value));
  made.onchange = () => onChoice(made.value);
  return made;
}
