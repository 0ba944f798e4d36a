import { plain } from '../data/tables/vocabulary.js';

/** Dimensions that are asked for, or which of the scores judges each. */
export type AskedDimensions = readonly string[] | Readonly<Record<string, string>>;

/**
 * Which of the scores judges which dimension: the one that is said; else the only one judges all; else the one of its name, whatever
 * the case and punctuation.
 * @returns pairs of a dimension and a metric, and the dimensions that no score is for
 * @throws {Error} for a dimension or metric that is not there, and where no score has the name of a dimension
 */
export function judges(
  dimensions: readonly string[],
  metrics: readonly string[],
  asked: AskedDimensions | undefined,
): { pairs: [string, string][]; without: string[] } {
  const known = (kind: string, name: string, names: readonly string[]) => {
    if (names.includes(name)) return name;
    throw new Error(`benchmark.evaluate: there is no ${kind} "${name}"; there are ${names.join(', ')}`);
  };
  if (asked !== undefined && !isList(asked)) {
    const pairs = Object.entries(asked).map(([dimension, metric]): [string, string] => [
      known('dimension', dimension, dimensions),
      known('score', metric, metrics),
    ]);
    return { pairs, without: [] };
  }
  const wanted = asked?.map((dimension) => known('dimension', dimension, dimensions)) ?? dimensions;
  const metricOf = (dimension: string) =>
    metrics.length === 1 ? metrics[0] : metrics.find((metric) => plain(metric) === plain(dimension));
  const pairs = wanted.flatMap((dimension): [string, string][] => {
    const metric = metricOf(dimension);
    return metric === undefined ? [] : [[dimension, metric]];
  });
  if (pairs.length === 0)
    throw new Error(
      `benchmark.evaluate: no score has the name of a dimension: the dimensions are ${wanted.join(', ')}, the scores ` +
        `${metrics.join(', ')}; say which judges which (dimensions: { ${JSON.stringify(wanted[0])}: ${JSON.stringify(metrics[0])} })`,
    );
  return { pairs, without: wanted.filter((dimension) => metricOf(dimension) === undefined) };
}

const isList = (asked: AskedDimensions): asked is readonly string[] => Array.isArray(asked);
