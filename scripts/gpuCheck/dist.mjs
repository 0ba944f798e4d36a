const dist = new URL(process.env.SOLIREWARD_DIST ?? '../../dist/src/', import.meta.url);

/** Address of a module of the build, by its path in src/. @param {string} path */
export const addressOf = (path) => new URL(path, dist).href;

/** A module of the build, by its path in src/. @param {string} path */
export const at = (path) => import(addressOf(path));

/** A line of results. @param {object} line */
export const say = (line) => console.log(JSON.stringify(line));

/** Settings of a part, from its first argument. @template T @param {T} defaults @returns {T} */
export const settingsOf = (defaults) => ({ ...defaults, ...JSON.parse(process.argv[2] ?? '{}') });

/** Seconds that something takes, and what it gives. @template T @param {() => Promise<T>} action */
export async function timed(action) {
  const start = performance.now();
  const result = await action();
  return { seconds: (performance.now() - start) / 1000, result };
}
