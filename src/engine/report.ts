import type { EngineName } from './names.js';
import type { Precision } from './precision.js';

/** What `use` found: the engine in use, what is behind it, and why the better ones are not in use. */
export class EngineReport {
  constructor(
    /** The engine in use. */
    readonly engine: EngineName,
    /** What computes, such as `TensorFlow 2.21.0` or the name of a GPU. */
    readonly library: string,
    /** How products are computed. */
    readonly precision: Precision,
    /** Speed of such products. */
    readonly gflops: number,
    /** The engines that were tried before this one, and why they are not in use. */
    readonly skipped: { engine: EngineName; reason: string }[],
    /** Of attention by cuDNN's kernel, on `cuda`: its error relative to the largest value, and the reason where it is not taken. */
    readonly attention?: { error?: number; reason?: string },
  ) {}

  /** One line: `native (TensorFlow 2.21.0, 2 cores, float32, 155 GFLOP/s); cuda: no NVIDIA driver`. */
  toString(): string {
    const used = `${this.engine} (${this.library}, ${this.precision}, ${formatGflops(this.gflops)})`;
    const plain = this.attention?.reason
      ? [`attention without cuDNN's kernel: ${this.attention.reason}`]
      : [];
    return [used, ...plain, ...this.skipped.map(({ engine, reason }) => `${engine}: ${reason}`)].join('; ');
  }

  /** The report as the value of a notebook cell. */
  [Symbol.for('Jupyter.display')](): Record<string, string> {
    return { 'text/plain': this.toString() };
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString();
  }
}

/** `155 GFLOP/s`, with one decimal below 10; `405 TFLOP/s` from 10,000 on. */
export function formatGflops(gflops: number): string {
  if (gflops >= 10_000) return `${(gflops / 1000).toFixed(0)} TFLOP/s`;
  return `${gflops.toFixed(gflops < 10 ? 1 : 0)} GFLOP/s`;
}
