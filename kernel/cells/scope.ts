/**
 * The variables of all cells, by name. A variable lives in the function of its own cell; here is how to reach it, so
 * that cells and closures, earlier or later, see each other's assignments.
 */
export class Scope {
  readonly #variables: object;

  /** @param defaults what is seen by names that no cell has declared */
  constructor(defaults: object | null = null) {
    this.#variables = Object.create(defaults);
  }

  /**
   * What a cell knows as `exports`: all variables, also those of later cells. As a prototype the variables are kept
   * by V8 in its fast form, and accessors can be inlined.
   */
  view(): object {
    return Object.create(this.#variables);
  }

  /**
   * Takes in the variables that a cell declares; a name means the newest one.
   * @param accessors an object with an accessor for each name
   * @returns gives earlier variables back whose successors have got no value because their cell failed before
   */
  define(accessors: object): () => void {
    const names = Object.keys(accessors);
    const earlier = names.map((name) => Object.getOwnPropertyDescriptor(this.#variables, name));
    Object.defineProperties(this.#variables, Object.getOwnPropertyDescriptors(accessors));
    return () => {
      names.forEach((name, i) => {
        if (earlier[i] && !this.read(name)) Object.defineProperty(this.#variables, name, earlier[i]);
      });
    };
  }

  /** The names of all variables. */
  names(): string[] {
    return Object.keys(this.#variables);
  }

  /** The value of a variable; undefined where it has none yet, or where there is no such variable. */
  read(name: string): { value: unknown } | undefined {
    if (!Object.hasOwn(this.#variables, name)) return undefined;
    try {
      return { value: Reflect.get(this.#variables, name) };
    } catch {
      return undefined; // a variable that is read before its declaration throws
    }
  }
}
