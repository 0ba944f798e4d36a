/** How many of the latest messages are known again by their signatures. */
const remembered = 65_536;

/** Of how many sessions, the latest to have sent anything, it is known how far back they are forgotten. */
const rememberedSessions = 1024;

/** Dates of a session's messages, in milliseconds. */
interface Session {
  /** The latest of those that have been forgotten. */
  forgotten: number;
  newest: number;
}

/**
 * Tells messages that come again. The latest are known by their signatures; an older one by its date, which is signed
 * too: it is no later than that of a message of its session that has been forgotten. So the memory is bounded, and a
 * client whose clock stands still goes on working.
 */
export class Replays {
  readonly #seen = new Map<string, { session: Session; date: number }>();
  readonly #sessions = new Map<string, Session>();

  /** Whether a message has not come before; it is taken as come from now on. */
  isNew(signature: string, { session: name, date: written }: { session: string; date: string }): boolean {
    if (this.#seen.has(signature)) return false;
    const session = this.#sessionOf(name);
    const date = Date.parse(written);
    if (date <= session.forgotten && session.newest > session.forgotten) return false;
    this.#seen.set(signature, { session, date });
    if (date > session.newest) session.newest = date;
    if (this.#seen.size > remembered) this.#forgetOldest();
    return true;
  }

  #sessionOf(name: string): Session {
    const session = this.#sessions.get(name) ?? {
      forgotten: Number.NEGATIVE_INFINITY,
      newest: Number.NEGATIVE_INFINITY,
    };
    // The last to be let go.
    this.#sessions.delete(name);
    this.#sessions.set(name, session);
    if (this.#sessions.size > rememberedSessions) this.#sessions.delete(this.#sessions.keys().next().value!);
    return session;
  }

  #forgetOldest(): void {
    const [signature, { session, date }] = this.#seen.entries().next().value!;
    this.#seen.delete(signature);
    if (date > session.forgotten) session.forgotten = date;
  }
}
