import { join } from 'node:path';
import { expect, it } from 'vitest';
import { linkTo } from '../../src/base/linkTo.js';

it('linkTo gives a path from a folder, as a page writes it', () => {
  const folder = join('/', 'runs');
  expect(linkTo(join(folder, 'a b', '50%.mp4'), folder)).toBe('a%20b/50%25.mp4');
  expect(linkTo(join('/', 'clips', 'ä#.mp4'), folder)).toBe('../clips/%C3%A4%23.mp4');
});
