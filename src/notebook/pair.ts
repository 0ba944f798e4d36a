import { type Displayable, jupyterDisplay } from '../base/host.js';
import type { CaptionedClip } from './captionedClip.js';
import { playerBundle } from './player.js';

/**
 * Two clips side by side that play, pause, seek and change speed together, each with its score, label and note:
 * `pair(scores.best(), scores.worst())` or `pair({ ...good, score: 2.1 }, { ...bad, score: -1.3 })`.
 */
export function pair(first: CaptionedClip, second: CaptionedClip): Displayable {
  return { [jupyterDisplay]: () => playerBundle('pair', [first, second]) };
}
