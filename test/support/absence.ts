import { existsSync } from 'node:fs';

/** Says once, before the tests, which of them are skipped on this machine. */
export default function sayWhatIsAbsent(): void {
  if (!existsSync(new URL('../../../shared/data', import.meta.url)))
    console.log(
      'Tests on real clips are skipped: there is no ../shared/data beside the clone (see README.md).',
    );
}
