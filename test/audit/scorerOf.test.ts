import { describe, expect, it } from 'vitest';
import type { AuditedClip, Scorer } from '../../src/audit/scorer.js';
import { scorerOf } from '../../src/audit/scorerOf.js';
import { use } from '../../src/engine/use.js';
import { engines } from '../support/engines.js';
import { smallHeads } from '../support/smallHeads.js';
import { smallModel } from '../support/smallModel.js';

const asked = (id: string): AuditedClip => ({ id, path: `${id}.mp4`, of: id, family: 'control', level: 0 });

describe('scorerOf', () => {
  it('takes a reward model, with the reason of what it cannot read', { timeout: 600_000 }, async () => {
    const [engine] = await engines();
    await use(engine);
    const model = await smallModel();
    const clips = ['pass-1', 'broken-2', 'fail-3'].map(asked);
    const [first, broken, last] = await scorerOf(model, { batchSize: 2 }).score(clips, {});
    expect(broken).toEqual({ reason: 'no video stream' });
    const alone = await model.score([clips[0], clips[2]]);
    expect([first, last].map((one) => (one as { score: number }).score)).toBeAllclose(alone);
    expect(scorerOf(model, {}).name).toContain('reward model of physics');
    model.dispose();
  });

  it('takes the heads of one dimension, with their spread', async () => {
    const model = await smallHeads({ physics: [1, 2], deformity: [3] });
    const clips = ['pass-1', 'fail-3'].map(asked);
    const scored = await scorerOf(model.only('physics'), {}).score(clips, {});
    const [a, b] = await Promise.all(model.of('physics').map((head) => head.score(clips)));
    expect(scored.map((one) => (one as { spread: number }).spread)).toBeAllclose(
      a.map((score, i) => Math.abs(score - b[i]) / Math.SQRT2),
      { rtol: 1e-4 },
    );
    expect(() => scorerOf(model, {})).toThrow(
      'the dimensions physics, deformity; audit one, such as model.only("physics")',
    );
    model.dispose();
  });

  it('takes a function, and a scorer as it is', async () => {
    async function byLength(clips: readonly AuditedClip[]) {
      return clips.map(({ id }) => id.length);
    }
    const scorer = scorerOf(byLength, {});
    expect(scorer.name).toBe('byLength');
    expect(await scorer.score(['a', 'bbb'].map(asked), {})).toEqual([{ score: 1 }, { score: 3 }]);
    const own: Scorer = { name: 'own', score: async () => [] };
    expect(scorerOf(own, {})).toBe(own);
  });

  it.each([undefined, null, 3, 'url', {}])('refuses %j', (given) => {
    expect(() => scorerOf(given as never, {})).toThrow('expected a reward model, a function of clips');
  });
});
