import { Random } from '../base/random.js';
import { box, letterHeight, textFilters, textWidth } from './glyphs.js';

/** Width and height of frames, both even. */
export interface FrameSize {
  width: number;
  height: number;
}

/** What is done to the decoded frames of a clip before they are encoded like those of the control. */
export interface Recipe {
  /** Frames that the clip needs for it to differ from the control. */
  atLeast?: number;
  /** Which frames are shown, by index. */
  order?(count: number, random: Random): number[];
  /** What ffmpeg does to the pictures. */
  filters?(size: FrameSize): string[];
  /** Frames go through H.264 of this quality (crf) first. */
  crf?: number;
}

/** A changed clip. */
export interface VideoVariant {
  kind: 'video';
  family: VideoFamily;
  /** 1 for the mildest. */
  level: number;
  /** How much, in words. */
  strength: string;
  recipe: Recipe;
}

type Level = [strength: string, recipe: Recipe];

/**
 * p becomes 128 + (p - 128) contrast + brightness, within 0 and 255: in luma, where 0 to 255 is 16 to 235, and around the middle of
 * chroma. On the way through RGB every picture would lose half a level.
 */
const light = (contrast: number, brightness = 0): Recipe['filters'] => {
  const luma = `'clip(126+(val-126)*${contrast}+${((219 / 255) * brightness).toFixed(2)},16,235)'`;
  const chroma = `'clip(128+(val-128)*${contrast},16,240)'`;
  return () => [`lutyuv=y=${luma}:u=${chroma}:v=${chroma}`];
};

const even = (pixels: number): number => Math.max(2, 2 * Math.round(pixels / 2));

const range = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

const blurred = (share: number): Level => [
  `σ ${100 * share}% of the height`,
  { filters: ({ height }) => [`gblur=sigma=${(share * height).toFixed(3)}`] },
];
const noisy = (strength: number): Level => [
  `strength ${strength}`,
  { filters: () => [`noise=alls=${strength}:allf=t:all_seed=1`] },
];
const compressed = (crf: number): Level => [`crf ${crf}`, { crf }];
const coarse = (factor: number): Level => [
  `1/${factor} of the size and back`,
  {
    filters: ({ width, height }) => [
      `scale=${even(width / factor)}:${even(height / factor)}:flags=area`,
      `scale=${width}:${height}:flags=bilinear`,
    ],
  },
];
const lit = (by: number): Level => [`${by > 0 ? '+' : '−'}${Math.abs(by)} of 255`, { filters: light(1, by) }];
const contrasted = (factor: number): Level => [`times ${factor}`, { filters: light(factor) }];
const saturated = (factor: number): Level => [`times ${factor}`, { filters: () => [`hue=s=${factor}`] }];
const frozen = (from: number, words: string): Level => [
  words,
  {
    atLeast: from > 0 ? 3 : 2,
    order: (count) => range(count).map((frame) => Math.min(frame, Math.floor(from * count))),
  },
];
const shuffled = (window: number): Level => [
  `within ${window} frames`,
  { atLeast: window, order: (count, random) => shuffledWithin(window, count, random) },
];
const dropped = (share: number): Level => [
  `${100 * share}% of the frames repeat the one before`,
  { atLeast: Math.ceil(1 / share) + 1, order: (count, random) => withoutSome(share, count, random) },
];

/** What is added to pixels, and what their distance from the middle is multiplied by, level by level. */
export const lightSteps = {
  darker: [-16, -32, -64],
  brighter: [16, 32, 64],
  flatter: [0.8, 0.6, 0.4],
  harder: [1.25, 1.6, 2],
};

const videoLevels = {
  blur: [blurred(0.004), blurred(0.01), blurred(0.025)],
  noise: [noisy(12), noisy(30), noisy(70)],
  compression: [compressed(32), compressed(40), compressed(48)],
  'low resolution': [coarse(2), coarse(4), coarse(8)],
  darker: lightSteps.darker.map(lit),
  brighter: lightSteps.brighter.map(lit),
  flatter: lightSteps.flatter.map(contrasted),
  harder: lightSteps.harder.map(contrasted),
  paler: [saturated(0.5), saturated(0)],
  'more vivid': [saturated(1.5), saturated(2.5)],
  frozen: [frozen(0.5, 'second half'), frozen(0, 'whole')],
  shuffled: [shuffled(4), shuffled(8)],
  reversed: [['all frames', { atLeast: 2, order: (count) => range(count).reverse() }]],
  slower: [['half the speed', { atLeast: 2, order: (count) => range(2 * count).map((frame) => frame >> 1) }]],
  faster: [
    ['twice the speed', { atLeast: 2, order: (count) => range(Math.ceil(count / 2)).map((i) => 2 * i) }],
  ],
  'dropped frames': [dropped(0.25), dropped(0.5)],
  trimmed: [
    [
      '10% at each end',
      { atLeast: 5, order: (count) => range(count).slice(Math.ceil(0.1 * count), -Math.ceil(0.1 * count)) },
    ],
  ],
  letterboxed: [
    [
      '80% of the size, on black',
      {
        filters: ({ width, height }) => [
          `scale=${even(0.8 * width)}:${even(0.8 * height)}:flags=bicubic`,
          `pad=${width}:${height}:-1:-1:color=black`,
        ],
      },
    ],
  ],
  resized: [
    [
      '75% of the size',
      {
        filters: ({ width, height }) => [`scale=${even(0.75 * width)}:${even(0.75 * height)}:flags=bicubic`],
      },
    ],
  ],
  watermark: [['a word in a corner', { filters: watermark }]],
  caption: [['words on a bar', { filters: caption }]],
  flipped: [['left to right', { filters: () => ['hflip'] }]],
} satisfies Record<string, Level[]>;

/** What is changed in a clip. */
export type VideoFamily = keyof typeof videoLevels;

/** What is changed in a prompt: the clip is the control. */
export const textFamilies = ['other prompt', 'empty prompt', 'paraphrase', 'injected words'] as const;
/** What is changed in a prompt: the clip is the control. */
export type TextFamily = (typeof textFamilies)[number];

/** The control against itself, and against the file as it was given. */
export const checkFamilies = ['retest', 'as given'] as const;
/** The control against itself, and against the file as it was given. */
export type CheckFamily = (typeof checkFamilies)[number];

/** A family of changes of a clip or its prompt. */
export type Family = VideoFamily | TextFamily | CheckFamily;

export const videoFamilies = Object.keys(videoLevels) as VideoFamily[];

/** Every family, in the order of the table. */
export const families: readonly Family[] = [...videoFamilies, ...textFamilies, ...checkFamilies];

/** All variants of clips, family by family, the mildest first. */
export const videoVariants: readonly VideoVariant[] = videoFamilies.flatMap((family) =>
  (videoLevels[family] as Level[]).map(([strength, recipe], i) => ({
    kind: 'video' as const,
    family,
    level: i + 1,
    strength,
    recipe,
  })),
);

/**
 * The order of frames that a recipe asks for.
 * @param seed names the draws, with the family and the level.
 * @throws {RangeError} for a clip that is too short for it to change anything
 */
export function orderOf(
  { family, level, recipe: { atLeast = 1, order } }: VideoVariant,
  count: number,
  seed: number,
): number[] {
  if (count < atLeast) {
    throw new RangeError(`"${family}" needs ${atLeast} frames, and the clip has ${count}`);
  }
  return order?.(count, new Random(seed, videoFamilies.indexOf(family), level)) ?? range(count);
}

/** Frames in another order within windows of so many; what is left at the end is a window, too. */
function shuffledWithin(window: number, count: number, random: Random): number[] {
  const order = range(count);
  return range(Math.ceil(count / window)).flatMap((place) => {
    const frames = order.slice(place * window, (place + 1) * window);
    if (frames.length < 2) return frames;
    for (;;) {
      const drawn = random.shuffle(frames);
      if (drawn.some((frame, i) => frame !== frames[i])) return drawn;
    }
  });
}

/** So many of the frames after the first, rounded down and drawn, are replaced by the one shown before. */
function withoutSome(share: number, count: number, random: Random): number[] {
  const lost = new Set(
    random
      .shuffle(range(count - 1))
      .slice(0, Math.floor(share * count))
      .map((frame) => frame + 1),
  );
  let shown = 0;
  return range(count).map((frame) => {
    if (!lost.has(frame)) shown = frame;
    return shown;
  });
}

/** Pixels of a square of the letters: text of a twelfth of the height. */
const squareOf = ({ height }: FrameSize): number => Math.max(1, Math.round(height / 64));

function watermark(size: FrameSize): string[] {
  const [square, text] = [squareOf(size), 'SAMPLE'];
  const x = Math.max(0, size.width - (textWidth(text) + 3) * square);
  const y = Math.max(0, size.height - (letterHeight + 3) * square);
  return textFilters(text, { x, y, square }, 'white@0.5');
}

function caption(size: FrameSize): string[] {
  const [square, text] = [squareOf(size), 'A SUBTITLE'];
  const height = (letterHeight + 4) * square;
  const top = Math.max(0, size.height - height);
  const x = Math.max(0, Math.round((size.width - textWidth(text) * square) / 2));
  return [
    box(0, top, size.width, height, 'black'),
    ...textFilters(text, { x, y: top + 2 * square, square }, 'white'),
  ];
}
