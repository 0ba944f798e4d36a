import type { Figure } from '../../src/plot/figure.js';
import type { BarTrace, ScatterTrace, Trace } from '../../src/plot/traces.js';

/** The traces of a figure that this project has drawn. */
export const tracesOf = (figure: Figure): Trace[] => figure.traces as Trace[];

export const barsOf = (figure: Figure): BarTrace[] =>
  tracesOf(figure).filter((trace) => trace.type === 'bar');

export const scattersOf = (figure: Figure): ScatterTrace[] =>
  tracesOf(figure).filter((trace) => trace.type === 'scatter');
