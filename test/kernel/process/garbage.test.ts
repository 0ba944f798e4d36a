import v8 from 'node:v8';
import { expect, it } from 'vitest';
import { Garbage } from '../../../kernel/process/garbage.js';

const used = () => v8.getHeapStatistics().used_heap_size / 2 ** 20;

/** Makes objects of so many megabytes, which V8 takes for old, and lets go of them. */
function litter(megabytes: number): void {
  const kept: object[] = [];
  const start = used();
  while (used() - start < megabytes) for (let i = 0; i < 10_000; i++) kept.push({ i, text: [`${i}`] });
}

it('collects what is no longer in use, where there may be much of it', () => {
  const garbage = new Garbage();
  garbage.collectIfDue();
  const start = used();
  litter(start + 100);
  expect(used()).toBeGreaterThan(start + 90);
  garbage.collectIfDue();
  expect(used()).toBeLessThan(start + 50);
  litter(10);
  const before = used();
  garbage.collectIfDue();
  expect(used()).toBeGreaterThan(before - 5);
});
