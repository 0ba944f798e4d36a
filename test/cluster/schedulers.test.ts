import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const script = (name: string) => new URL(`../../scripts/${name}`, import.meta.url);
const { whyNoSlurm } = await import(script('cluster/slurm.mjs').href);
const { whyNoRay } = await import(script('cluster/ray.mjs').href);

/** The long form is `npm run cluster-check`; here it is small, and the same promises hold. */
async function trial(on: string): Promise<string> {
  const size = ['--items', '60', '--clips', '6', '--shards', '6', '--kills', '2'];
  const args = [fileURLToPath(script('cluster.mjs')), '--on', on, ...size];
  const { stdout } = await promisify(execFile)(process.execPath, args).catch((error) => {
    throw new Error(`${error.stdout}\n${error.stderr}`);
  });
  return stdout;
}

it.skipIf(whyNoSlurm())(
  'scores over a real Slurm, with kills, a full disk and a clip that hangs',
  async () => {
    expect(await trial('slurm')).toMatch(/slurm: 60 items in 6 shards, 3 failed; 2 kills/);
  },
);

it.skipIf(whyNoRay())('scores over a real Ray, with kills, a full disk and a clip that hangs', async () => {
  expect(await trial('ray')).toMatch(/ray: 60 items in 6 shards, 3 failed; 2 kills/);
});
