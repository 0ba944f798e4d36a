import { expect, it } from 'vitest';
import { pictureType } from '../../src/base/pictureType.js';

const bytes = (text: string) => Buffer.from(text, 'latin1');

it.each([
  ['\x89PNG\r\n\x1a\n....', 'image/png'],
  ['\xff\xd8\xff\xe0....', 'image/jpeg'],
  ['GIF89a..', 'image/gif'],
  ['RIFF....WEBPVP8 ', 'image/webp'],
])('knows a picture by its first bytes: %j', (text, type) => {
  expect(pictureType(bytes(text))).toBe(type);
});

it.each([[''], ['\x89PNG'], ['<svg/>'], ['RIFF....AVI ....'], ['GIF88a']])(
  'knows that %j is none',
  (text) => {
    expect(pictureType(bytes(text))).toBeUndefined();
  },
);

it('looks at a part of a buffer only', () => {
  const whole = bytes('xxGIF89a');
  expect(pictureType(whole)).toBeUndefined();
  expect(pictureType(whole.subarray(2))).toBe('image/gif');
});
