import { type VideoLimits, videoLimits } from '../data/video/videoLimits.js';
import { UsageError } from './verb.js';

/**
 * Sets a limit of clips by `NAME=NUMBER`.
 * @throws UsageError for an unknown name, or what is not a positive number
 */
export function setLimit(text: string): void {
  const [name, value] = text.split('=');
  const names = Object.keys(videoLimits) as (keyof VideoLimits)[];
  const known = names.find((one) => one === name);
  if (!known || !(Number(value) > 0)) {
    throw new UsageError(`--limit takes NAME=NUMBER with one of ${names.join(', ')}, received '${text}'`);
  }
  videoLimits[known] = Number(value);
}
