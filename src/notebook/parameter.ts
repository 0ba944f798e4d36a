/**
 * A setting of a notebook that whoever runs it may give as the environment variable `SOLIREWARD_<NAME>`.
 * @param otherwise what it is where nobody gave it: a number where it is to be one, else a text
 * @throws {Error} naming the variable where a number is expected and it is none
 */
export function parameter(name: string, otherwise: number): number;
export function parameter(name: string, otherwise: string): string;
export function parameter(name: string, otherwise: number | string): number | string {
  const variable = `SOLIREWARD_${name}`;
  const given = process.env[variable];
  if (!given) return otherwise;
  if (typeof otherwise === 'string') return given;
  const number = Number(given);
  if (given.trim() !== '' && Number.isFinite(number)) return number;
  throw new Error(`parameter: ${variable} is ${JSON.stringify(given)}, expected a number`);
}
