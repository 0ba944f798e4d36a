import { beforeAll, describe, expect, it } from 'vitest';
import { use } from '../../src/engine/use.js';
import { clips as scoreClips } from '../../src/score/clips.js';
import { scale } from '../../src/score/scale.js';
import { engines } from '../support/engines.js';
import { smallHeads } from '../support/smallHeads.js';

const clips = ['pass-1', 'fail-2', 'pass-3', 'fail-4'].map((id) => ({ id, path: `${id}.mp4` }));

describe('scale', () => {
  beforeAll(async () => {
    await use((await engines())[0]);
  });

  it('measures mean and deviation of each head, which bring an ensemble to one scale', async () => {
    const model = await smallHeads({ physics: [1, 2], deformity: [3] });
    const scales = await scale(model, clips);
    expect(Object.keys(scales)).toEqual(['physics-1', 'physics-2', 'deformity']);
    for (const [name, head] of Object.entries(model.heads)) {
      const scores = await head.score(clips);
      const mean = scores.reduce((sum, score) => sum + score, 0) / 4;
      const deviation = Math.sqrt(scores.reduce((sum, score) => sum + (score - mean) ** 2, 0) / 3);
      expect(scales[name].mean).toBeCloseTo(mean, 5);
      expect(scales[name].deviation).toBeCloseTo(deviation, 5);
      expect(head.card).toMatchObject({
        scoreMean: scales[name].mean,
        scoreDeviation: scales[name].deviation,
      });
    }
    const rescaled = (await scoreClips(model.only('physics'), clips)).array('score');
    expect(rescaled.reduce((sum, score) => sum + score, 0)).toBeCloseTo(0, 5);

    const { physics } = await scale((await smallHeads({ physics: [1] })).heads.physics, clips);
    expect(physics.mean).toBeCloseTo(scales['physics-1'].mean, 5);
    await expect(scale(model, clips.slice(0, 1))).rejects.toThrow(
      'physics-1: expected scores that differ, received 1, each',
    );
    await expect(scale(model, [])).rejects.toThrow('expected scores that differ, received 0');
    expect(model.of('deformity')[0].card.scoreMean).toBe(scales.deformity.mean);
    model.dispose();
  });
});
