/** Figures that show themselves. */

export { curves } from './curves.js';
export { estimates } from './estimates.js';
export { Figure } from './figure.js';
export { groupShares } from './groupShares.js';
export { pairMargins } from './pairMargins.js';
export { plotly } from './plotly.js';
export { precisionRecallCurve } from './precisionRecallCurve.js';
export { reliabilityCurve } from './reliabilityCurve.js';
export { roc } from './roc.js';
export { scoreDistribution } from './scoreDistribution.js';
export { thresholdCosts } from './thresholdCosts.js';
export { trainingCurves } from './trainingCurves.js';
