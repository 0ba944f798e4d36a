/** Players, the annotator, tables, pictures and text, progress and live charts, the shell. */

export type { Annotator, AnnotatorOptions } from './annotator.js';
export { annotator } from './annotator.js';
export { clearOutput } from './clearOutput.js';
export type { CommandOptions, CommandResult } from './command.js';
export type { Content } from './content.js';
export { html, json, latex, markdown, svg } from './content.js';
export { display } from './display.js';
export type { GalleryOptions } from './gallery.js';
export { gallery } from './gallery.js';
export type { ImageOptions } from './image.js';
export { image } from './image.js';
export { input } from './input.js';
export { liveChart } from './liveChart.js';
export { npm } from './npm.js';
export { pair } from './pair.js';
export { parameter } from './parameter.js';
export { player } from './player.js';
export { progress } from './progress.js';
export type { ProgressOfOptions } from './progressOf.js';
export { progressOf } from './progressOf.js';
export { sh } from './sh.js';
export { stopwatch } from './stopwatch.js';
export { table } from './table.js';
export { time } from './time.js';
