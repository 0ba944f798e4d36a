import type { Clip } from '../data/clip.js';
import { type Group, Slots } from './groups.js';
import type { Pair, PairStream } from './pair.js';
import { Permutation } from './permutation.js';
import { type Shares, turnAt } from './shares.js';

/** The independent shuffles of a stream, by the keys that tell them apart. */
const uses = {
  winLose: [1],
  match: [2],
  winTie: [3],
  loseTie: [4],
  winTieOrder: [5, 3],
  loseTieOrder: [5, 4],
} as const;
type Use = keyof typeof uses;

/** What a stream of pairs within groups is made of. */
export interface GroupedPairsRule extends Shares {
  dimension: string;
  seed: number;
  /** Pairs an epoch. Default: as many as use every clip of the larger sides once in win-lose pairs. */
  count?: number;
}

/**
 * Pairs of clips of one group, balanced: in one round of win-lose pairs every clip of a group's larger side is used
 * once, and those of the smaller side in turn; in one round of ties every clip is used once on either side. Rounds are
 * shuffled anew. Nothing is stored but the groups: the pair at a place is computed from the seed and the place.
 */
export class GroupedPairs implements PairStream {
  readonly length: number;
  cursor = 0;
  private readonly winLose: Slots;
  private readonly winTie: Slots;
  private readonly loseTie: Slots;
  private readonly orders: { [use in Use]?: { round: number; group: number; order: Permutation } } = {};

  constructor(
    private readonly groups: readonly Group[],
    private readonly rule: GroupedPairsRule,
  ) {
    this.winLose = new Slots(
      groups.map(({ pass, fail }) => (pass.length && fail.length ? Math.max(pass.length, fail.length) : 0)),
    );
    this.winTie = new Slots(groups.map(({ pass }) => (pass.length > 1 ? pass.length : 0)));
    this.loseTie = new Slots(groups.map(({ fail }) => (fail.length > 1 ? fail.length : 0)));
    this.length = rule.count ?? this.naturalLength();
    if (!Number.isInteger(this.length) || this.length < 1) {
      throw new RangeError(`pairing: expected count to be a positive integer, received ${rule.count}`);
    }
  }

  /**
   * The next pairs.
   * @throws RangeError when the cursor or the count is not a whole number of pairs.
   */
  next(count: number): Pair[] {
    for (const [name, value] of Object.entries({ cursor: this.cursor, count })) {
      if (!Number.isSafeInteger(value) || value < 0) {
        throw new RangeError(`PairStream.next: expected ${name} to be an integer >= 0, received ${value}`);
      }
    }
    const pairs: Pair[] = [];
    for (let i = 0; i < count; i++) pairs.push(this.at(this.cursor++));
    return pairs;
  }

  private at(place: number): Pair {
    const { kind, rank } = turnAt(place, this.rule);
    const [chosen, rejected] =
      kind === 'win-lose'
        ? this.decided(rank)
        : kind === 'win-tie'
          ? this.tie(rank, 'winTie', 'pass')
          : this.tie(rank, 'loseTie', 'fail');
    return { chosen, rejected, kind, dimension: this.rule.dimension };
  }

  private decided(rank: number): [Clip, Clip] {
    const round = Math.floor(rank / this.winLose.length);
    const number = this.order(this.winLose.length, 'winLose', round).at(rank % this.winLose.length);
    const { group, index } = this.winLose.at(number);
    const { pass, fail } = this.groups[group];
    // The larger side by index; the smaller one by a shuffled count that runs on through the rounds.
    const size = this.winLose.size(group);
    const match = round * size + this.order(size, 'match', round, group).at(index);
    return pass.length === size
      ? [pass[index], fail[match % fail.length]]
      : [pass[match % pass.length], fail[index]];
  }

  /** A clip and the next one in the group's shuffled ring. */
  private tie(rank: number, kind: 'winTie' | 'loseTie', side: 'pass' | 'fail'): [Clip, Clip] {
    const slots = this[kind];
    const round = Math.floor(rank / slots.length);
    const number = this.order(slots.length, kind, round).at(rank % slots.length);
    const { group, index } = slots.at(number);
    const clips = this.groups[group][side];
    const order = this.order(clips.length, `${kind}Order`, round, group);
    return [clips[order.at(index)], clips[order.at((index + 1) % clips.length)]];
  }

  /** A shuffle of a round, or of a group in it; of each use the last is kept, which the next pair mostly takes too. */
  private order(length: number, use: Use, round: number, group = -1): Permutation {
    const last = this.orders[use];
    if (last?.round === round && last.group === group) return last.order;
    const keys = [this.rule.seed, ...uses[use], round];
    const order = new Permutation(length, group < 0 ? keys : [...keys, group]);
    this.orders[use] = { round, group, order };
    return order;
  }

  private naturalLength(): number {
    const { winTie, loseTie } = this.rule;
    const decidedShare = 1 - winTie - loseTie;
    if (decidedShare > 0) return Math.round(this.winLose.length / decidedShare);
    return (winTie > 0 ? this.winTie.length : 0) + (loseTie > 0 ? this.loseTie.length : 0);
  }
}
