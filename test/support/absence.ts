import { existsSync } from 'node:fs';

/** Says once, before the tests, which of them are skipped on this machine. */
export default async function sayWhatIsAbsent(): Promise<void> {
  if (!existsSync(new URL('../../../shared/data', import.meta.url)))
    console.log(
      'Tests on real clips are skipped: there is no ../shared/data beside the clone (see README.md).',
    );
  const script = (name: string) => import(new URL(`../../scripts/cluster/${name}`, import.meta.url).href);
  for (const [name, why] of [
    ['Slurm', (await script('slurm.mjs')).whyNoSlurm()],
    ['Ray', (await script('ray.mjs')).whyNoRay()],
  ])
    if (why) console.log(`The test on a real ${name} is skipped: ${why}.`);
}
