/** Public benchmarks of video reward models: their clips and what people say of them, and how well scores agree. */

export type { Benchmark, Preference, Rating, RatingScale } from './benchmark.js';
export type { BenchmarkOptions } from './evaluate.js';
export { evaluate } from './evaluate.js';
export type { AskedDimensions } from './judges.js';
export type { ClipScores, ScoredClip } from './matchScores.js';
export type { BenchmarkRow } from './measured.js';
export type { BenchmarkName, ReadBenchmarkOptions } from './read.js';
export { read } from './read.js';
export type { BenchmarkResult, LeftOut } from './result.js';
