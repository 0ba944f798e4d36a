/** One video to judge. */
export interface Clip {
  /** Name of the clip, its own within a table. */
  id: string;
  /** Where the file is. */
  path: string;
  /** The text that it was generated from. */
  prompt?: string;
  /** Clips of one prompt share it; splits keep them together. */
  promptId?: string;
  /** What generated it. */
  generator?: string;
}
