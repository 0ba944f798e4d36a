import type { Attention } from '../../../src/notebook/messages.js';
import { element } from './element.js';
import { sampledFrames } from './videoScrubber.js';
import type { Timing } from './videoSync.js';

/**
 * The attention to the places of a picture, drawn over it: of the sampled frame that is nearest in time, transparent
 * where there is none, through yellow to red where it is greatest in the clip.
 */
export function heatMap(clip: Timing, attention: Attention): { node: HTMLElement; draw(time: number): void } {
  const maps = attention.maps ?? [];
  const times = sampledFrames(clip, attention).map((frame) => (frame + 0.5) / clip.fps);
  const largest = Math.max(...maps.flat(2));
  const canvas = element('canvas', { className: 'sr-HeatMap' });
  let drawn = -1;
  return {
    node: canvas,
    draw(time) {
      const nearest = indexOfNearest(times, time);
      if (nearest === drawn || !maps[nearest]) return;
      drawn = nearest;
      const rows = maps[nearest];
      canvas.height = rows.length;
      canvas.width = rows[0].length;
      const context = canvas.getContext('2d')!;
      rows.forEach((row, y) => {
        row.forEach((weight, x) => {
          const share = largest > 0 ? weight / largest : 0;
          context.fillStyle = `hsl(${60 - 60 * share} 100% 50% / ${0.75 * share})`;
          context.fillRect(x, y, 1, 1);
        });
      });
    },
  };
}

function indexOfNearest(values: readonly number[], value: number): number {
  let nearest = 0;
  values.forEach((candidate, i) => {
    if (Math.abs(candidate - value) < Math.abs(values[nearest] - value)) nearest = i;
  });
  return nearest;
}
