import { quantile } from '../base/quantile.js';

/** Upper bounds of the buckets of a request's time, in seconds. */
const buckets = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120];
/** Times that quantiles are of. */
const remembered = 1000;

/** Names and values of a number's labels. */
type Labels = Record<string, string>;

/** What a server has done, as numbers for people and in Prometheus' text format. */
export class Metrics {
  private readonly requests = new Map<string, number>();
  private readonly clips = new Map<string, number>();
  private readonly upTo = buckets.map(() => 0);
  private readonly latest: number[] = [];
  private count = 0;
  private seconds = 0;

  /** A request that was answered. */
  request(path: string, status: number, seconds: number): void {
    increase(this.requests, { path, status: String(status) });
    this.count++;
    this.seconds += seconds;
    for (const [i, bound] of buckets.entries()) if (seconds <= bound) this.upTo[i]++;
    this.latest.push(seconds);
    if (this.latest.length > remembered) this.latest.shift();
  }

  /** A clip that has got its score or its error. */
  clip(reward: string, outcome: 'scored' | 'failed'): void {
    increase(this.clips, { reward, outcome });
  }

  /** Requests that were answered. */
  get answered(): number {
    return this.count;
  }

  /** Clips by what became of them. */
  outcomes(outcome: 'scored' | 'failed'): number {
    return [...this.clips].reduce(
      (sum, [labels, count]) => (labels.includes(`outcome="${outcome}"`) ? sum + count : sum),
      0,
    );
  }

  /** Seconds that a share of the latest 1,000 requests took at most; NaN where there was none. */
  quantile(share: number): number {
    return quantile(Float64Array.from(this.latest).sort(), share);
  }

  /** Prometheus' text format, version 0.0.4. @param queued clips without a score, by reward. */
  text(queued: ReadonlyMap<string, number>): string {
    const lines: string[] = [];
    const family = (
      name: string,
      type: string,
      help: string,
      values: Iterable<readonly [string, number]>,
    ) => {
      lines.push(`# HELP solireward_${name} ${help}`, `# TYPE solireward_${name} ${type}`);
      for (const [suffix, value] of values) lines.push(`solireward_${name}${suffix} ${value}`);
    };
    family('requests_total', 'counter', 'Requests that were answered.', this.requests);
    family('clips_total', 'counter', 'Clips that were scored or failed.', this.clips);
    family('queued_clips', 'gauge', 'Clips that have no score yet.', [
      ...[...queued].map(([reward, count]) => [labelText({ reward }), count] as const),
    ]);
    family('request_seconds', 'histogram', 'Seconds from the first byte of a request to its answer.', [
      ...buckets.map((bound, i) => [`_bucket${labelText({ le: String(bound) })}`, this.upTo[i]] as const),
      [`_bucket${labelText({ le: '+Inf' })}`, this.count],
      ['_sum', this.seconds],
      ['_count', this.count],
    ]);
    family('memory_bytes', 'gauge', 'Memory of the process.', [['', process.memoryUsage.rss()]]);
    return `${lines.join('\n')}\n`;
  }
}

function increase(counts: Map<string, number>, labels: Labels): void {
  const key = labelText(labels);
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

const labelText = (labels: Labels): string =>
  `{${Object.entries(labels)
    .map(([name, value]) => `${name}="${value.replace(/[\\"\n]/g, (c) => (c === '\n' ? '\\n' : `\\${c}`))}"`)
    .join(',')}}`;
