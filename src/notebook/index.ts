/** Players, the annotator, tables, progress and live charts. */

export type { Annotator, AnnotatorOptions } from './annotator.js';
export { annotator } from './annotator.js';
export { clearOutput } from './clearOutput.js';
export type { CommandOptions, CommandResult } from './command.js';
export { display } from './display.js';
export type { GalleryOptions } from './gallery.js';
export { gallery } from './gallery.js';
export { input } from './input.js';
export { liveChart } from './liveChart.js';
export { npm } from './npm.js';
export { pair } from './pair.js';
export { parameter } from './parameter.js';
export { player } from './player.js';
export { progress } from './progress.js';
export { sh } from './sh.js';
export { stopwatch } from './stopwatch.js';
export { table } from './table.js';
