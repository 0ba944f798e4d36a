/**
 * The summary of a run as an aligned table: an estimate with its interval on one line, nested values by their path.
 * @param {Record<string, unknown>} summary
 * @returns {string[]}
 */
export function resultLines(summary) {
  const rows = flatten(summary, '');
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, value]) => `${name.padEnd(width)}  ${value}`);
}

/**
 * @param {Record<string, unknown>} values
 * @param {string} prefix
 * @returns {[string, string][]}
 */
function flatten(values, prefix) {
  return Object.entries(values).flatMap(([key, value]) => {
    const name = prefix + key;
    if (key.endsWith('Bytes')) return [[name.slice(0, -5), `${(Number(value) / 2 ** 30).toFixed(2)} GiB`]];
    if (key.endsWith('Seconds')) return [[name.slice(0, -7), `${value} s`]];
    if (isEstimate(value)) {
      const { value: estimate, low, high } = value;
      return [[name, `${estimate.toFixed(3)} (95% interval ${low.toFixed(3)} to ${high.toFixed(3)})`]];
    }
    if (value !== null && typeof value === 'object' && !Array.isArray(value)) {
      return flatten(/** @type {Record<string, unknown>} */ (value), `${name}.`);
    }
    return [[name, typeof value === 'string' ? value : JSON.stringify(value)]];
  });
}

/**
 * @param {unknown} value
 * @returns {value is { value: number, low: number, high: number }}
 */
function isEstimate(value) {
  return value !== null && typeof value === 'object' && 'value' in value && 'low' in value && 'high' in value;
}
