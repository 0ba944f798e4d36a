/** How many of the latest messages are known again by their signatures. */
const remembered = 65_536;

/** For how many sessions it is known how far back is forgotten. */
const rememberedSessions = 1024;

interface Seen {
  session: string;
  /** In milliseconds; NaN where a message does not tell. */
  date: number;
}

/**
 * Tells messages that come again. The latest are known by their signatures; an older one by its date, which is signed
 * too: it is no later than that of a message of its session that has been forgotten. So the memory is bounded, and a
 * client whose clock stands still goes on working.
 */
export class Replays {
  readonly #seen = new Map<string, Seen>();
  /** The date of the latest message of each session that has been forgotten, and of the latest that has come. */
  readonly #sessions = new Map<string, { forgotten: number; newest: number }>();

  /** Whether a message has not come before; it is taken as come from now on. */
  isNew(signature: string, { session, date: written }: { session: string; date: string }): boolean {
    if (this.#seen.has(signature)) return false;
    const date = Date.parse(written);
    const known = this.#sessions.get(session);
    if (known && date <= known.forgotten && known.newest > known.forgotten) return false;
    this.#seen.set(signature, { session, date });
    if (known && date > known.newest) known.newest = date;
    if (this.#seen.size > remembered) this.#forgetOldest();
    return true;
  }

  #forgetOldest(): void {
    const [signature, { session, date }] = this.#seen.entries().next().value!;
    this.#seen.delete(signature);
    if (Number.isNaN(date)) return;
    const known = this.#sessions.get(session);
    if (known) {
      known.forgotten = Math.max(known.forgotten, date);
      return;
    }
    let newest = date;
    for (const other of this.#seen.values())
      if (other.session === session && other.date > newest) newest = other.date;
    this.#sessions.set(session, { forgotten: date, newest });
    if (this.#sessions.size > rememberedSessions) this.#sessions.delete(this.#sessions.keys().next().value!);
  }
}
