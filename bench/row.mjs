/**
 * A row of the table.
 * @typedef {object} Row
 * @property {string} part
 * @property {string} name
 * @property {string} unit
 * @property {number} ours median.
 * @property {number} [peer] median.
 * @property {number} [ratio] median of the peer's value by ours, round by round: above 1 is faster, or smaller.
 * @property {[number, number]} [spread] smallest and largest ratio.
 * @property {string} peerName what it is, or why there is none.
 * @property {number} [floor] @property {boolean} [met]
 * @property {number} [differ] @property {number} [tolerance] @property {boolean} [same]
 * @property {Record<string, number>} [others] further kernels.
 */

/** @param {number[]} values */
function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}

/** Three digits. @param {number} value */
const short = (value) => Number(value.toPrecision(3));

/**
 * The row of what was measured, round by round.
 * @param {{ part: string, name: string, unit: string, ours: number[], peer: number[], peerName: string, floor?: number, differ?: number, tolerance?: number, others?: Record<string, number> }} measured
 * @returns {Row}
 */
export function rowOf({ ours, peer, floor, differ, tolerance, ...about }) {
  const row = { ...about, ours: short(median(ours)) };
  if (peer.length === 0) return row;
  const ratios = peer.map((value, i) => value / ours[i]);
  const ratio = median(ratios);
  return {
    ...row,
    peer: short(median(peer)),
    ratio: short(ratio),
    spread: [short(Math.min(...ratios)), short(Math.max(...ratios))],
    ...(floor !== undefined && { floor, met: ratio >= floor }),
    ...(differ !== undefined && { differ: short(differ), tolerance, same: differ <= (tolerance ?? 0) }),
  };
}
