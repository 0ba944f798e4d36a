/** One video to judge. */
export interface Clip {
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
