/**
 * A module of the library as it is built: threads and processes of their own run only from there.
 * @param path below dist/src/.
 */
export const addressOf = (path: string): string => new URL(`../../dist/src/${path}`, import.meta.url).href;
