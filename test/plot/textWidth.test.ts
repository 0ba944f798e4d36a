import { expect, it } from 'vitest';
import { cut, textWidth, wrapped } from '../../src/plot/textWidth.js';

it('gives a text the room that it needs in the widest of usual fonts', () => {
  // Widths in DejaVu Sans, as fontkit adds them up from the font's own table, in parts of the size.
  const measured = {
    'modelscope (40)': 8.42,
    'step 100 (240)': 7.4,
    'low resolution: open': 10.14,
    'cogvideo: AUC 0.948 (0.881 to 1.000)': 18.94,
    'Score against rating, 240 clips: Spearman 0.84 (0.799 to 0.874)': 31.98,
  };
  for (const [text, width] of Object.entries(measured)) {
    expect(textWidth(text, 10), text).toBeGreaterThanOrEqual(10 * width);
    expect(textWidth(text, 10), text).toBeLessThan(10 * 1.06 * width);
  }
  expect(textWidth('物理', 10)).toBe(20);
});

it('breaks lines at spaces, and cuts what has none', () => {
  expect(wrapped('a purple triangle falls', 10, 90)).toEqual(['a purple triangle', 'falls']);
  expect(wrapped('incomprehensibilities', 10, 30)).toEqual(['incomprehensibilities']);
  expect(cut('a purple triangle falls', 10, 60)).toBe('a purple tr…');
  expect(cut('falls', 10, 60)).toBe('falls');
});
