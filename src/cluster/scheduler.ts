/** A job of a scheduler, and the shards that it does. */
export interface Job {
  /** The name that it was given; the same work has the same name. */
  name: string;
  /** The scheduler's own number or name of it. */
  id: string;
  shards: number[];
}

/** What is to be started. */
export interface Request {
  /** Names of jobs begin with it. */
  name: string;
  run: string;
  /** Where workers are started. */
  folder: string;
  /** In rising order. */
  shards: number[];
  /** What a worker is, without its shards, and what stands behind them: `solireward score --run DIR --shard` and `/64`. */
  worker: { command: string[]; end: string };
  /** Workers at once, at most. */
  parallel?: number;
  /** Of one worker. */
  cpus: number;
  gpus: number;
}

/** What a scheduler says of a shard. */
export interface Said {
  shard: number;
  /** In the scheduler's own word. */
  state: string;
  /** Whether a worker is to come by itself: it waits in the queue, or was started just now. */
  isComing: boolean;
}

/** What starts workers somewhere. What it says is shown, and never decides what is done. */
export interface Scheduler {
  /** Starts workers. The same request again starts nothing new, and finds the jobs that there are. @throws with what the scheduler says. */
  start(request: Request): Promise<Job[]>;
  /** What it says of jobs; nothing of those that it has forgotten. */
  says(jobs: readonly Job[]): Promise<Said[]>;
  /** What the worker of a shard has printed. */
  logs(job: Job, shard: number, run: string): Promise<string>;
}

/** Seconds for which a scheduler is believed that a worker has begun; then the disk has to show it. */
export const believed = 300;

/** Words of a command as a shell takes them. */
export const quoted = (words: readonly string[]): string =>
  words
    .map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`))
    .join(' ');
