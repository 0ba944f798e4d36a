import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { AuditedClip } from '../../src/audit/scorer.js';
import { scorerOf } from '../../src/audit/scorerOf.js';
import { served } from '../../src/audit/servedScorer.js';
import { use } from '../../src/engine/use.js';
import { serve } from '../../src/serve/serve.js';
import { engines } from '../support/engines.js';
import { smallModel } from '../support/smallModel.js';

it('asks a model that solireward serves, and gets the scores that the model itself gives', async () => {
  await use((await engines())[0]);
  const folder = await mkdtemp(join(tmpdir(), 'solireward-served-'));
  const model = await smallModel();
  const server = await serve(model, { roots: [folder], token: 'secret' });
  try {
    const path = join(folder, 'clip.mp4');
    await writeFile(path, 'made up');
    const clips = ['pass-1', 'broken-2', 'fail-3'].map(
      (id): AuditedClip => ({ id, path, prompt: 'a', of: id, family: 'control', level: 0 }),
    );
    const url = `${server.address}/v1/scores`;
    await expect(served(url).score(clips, {})).rejects.toThrow('answered 401');
    const answers = await served(url, { headers: { authorization: 'Bearer secret' } }).score(clips, {});
    const own = await scorerOf(model, {}).score(clips, {});
    expect(answers[1]).toMatchObject({ reason: expect.stringContaining('no video stream') });
    const score = (one: object) => (one as { score: number }).score;
    for (const i of [0, 2]) expect([score(answers[i])]).toBeAllclose([score(own[i])], { rtol: 1e-4 });
  } finally {
    await server.close();
    model.dispose();
    await rm(folder, { recursive: true });
  }
});
