import type { EngineName } from './names.js';

/** What `use` found: the engine in use, what is behind it, and why the better ones are not in use. */
export class EngineReport {
  constructor(
    readonly engine: EngineName,
    /** What computes, such as `TensorFlow 2.21.0` or the name of a GPU. */
    readonly library: string,
    /** Speed of float32 matrix products. */
    readonly gflops: number,
    /** The engines that were tried before this one, and why they are not in use. */
    readonly skipped: { engine: EngineName; reason: string }[],
  ) {}

  /** One line: `native (TensorFlow 2.21.0, 2 cores, 155 GFLOP/s); cuda: no NVIDIA driver`. */
  toString(): string {
    const used = `${this.engine} (${this.library}, ${formatGflops(this.gflops)})`;
    return [used, ...this.skipped.map(({ engine, reason }) => `${engine}: ${reason}`)].join('; ');
  }

  /** The report as the value of a notebook cell. */
  [Symbol.for('Jupyter.display')](): Record<string, string> {
    return { 'text/plain': this.toString() };
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString();
  }
}

/** `155 GFLOP/s`, with one decimal below 10. */
export function formatGflops(gflops: number): string {
  return `${gflops.toFixed(gflops < 10 ? 1 : 0)} GFLOP/s`;
}
