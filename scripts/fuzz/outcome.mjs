// What a reader may do with a damaged input: give a value, or throw an Error whose message names who threw it and what.

/** What the JavaScript engine says of a fault of ours. */
const ofEngine = [
  /^Cannot (read|set|destructure|convert|mix|access|add|create)/,
  /is not (a function|iterable|an? object|defined|a constructor|extensible|a valid|callable)/,
  /Maximum call stack/,
  /^Invalid (array|string|typed array|DataView|count|time)/,
  /(offset|index) is out(side)? (of )?(the )?(bounds|range)/i,
  /^(Start )?[Oo]ffset \d* ?is outside/,
  /Array buffer allocation failed/,
  /of undefined|of null|undefined \(reading|null \(reading/,
  /must be a multiple of|should be a multiple of/,
  /^The (value|argument|"\w+" argument) /,
  /Do not know how to serialize/,
  /Reduce of empty array/,
];

/**
 * What is wrong with an error; undefined where nothing is.
 * @param {unknown} error
 * @param {RegExp} says what each message names
 */
export function faultOf(error, says) {
  if (!(error instanceof Error)) return `throws ${String(error).slice(0, 200)}, which is not an Error`;
  const message = `${error.name}: ${error.message}`.slice(0, 500);
  if (/Maximum call stack/.test(error.message)) return `runs out of stack: ${message}`;
  if (!says.test(error.message) && ofEngine.some((pattern) => pattern.test(error.message)))
    return `a bare ${message}`;
  if (!says.test(error.message)) return `names no operation: ${message}`;
  if (error.message.length > 4000) return `a message of ${error.message.length} characters: ${message}`;
  return undefined;
}
