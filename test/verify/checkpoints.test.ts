import { expect, it } from 'vitest';
import { checkpoint } from '../../src/verify/checkpoints.js';
import { describeAllEngines } from '../support/engines.js';
import { expectAgreement } from '../support/goldenItems.js';

await describeAllEngines('checkpoints', () => {
  it.each(['internvl3-tiny', 'internvl3_5-tiny', 'qwen2_vl-tiny', 'qwen2_5_vl-tiny'])(
    '%s has the official tokens, states, rewards and gradients',
    async (name) => {
      const names = await expectAgreement((fixtures) => checkpoint(fixtures, name), 1e-4);
      const own = name.startsWith('qwen') ? ['patches'] : ['tokens', 'vision'];
      const all = ['rewards', 'rewards, padding on the left', 'reward without a mask', 'visual tokens'];
      for (const item of [...all, 'hidden states', 'logits', 'gradients', ...own]) {
        expect(names).toContain(`checkpoint ${name}: ${item}`);
      }
    },
    600_000,
  );
});
