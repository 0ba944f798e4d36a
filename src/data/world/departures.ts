/**
 * Ways in which a generated clip can depart from the world, each from -1 to 1, and 0 as the world is: cheats, where a
 * reward model likes them.
 */
export const departureNames = ['brightness', 'contrast', 'size', 'speed', 'stillness'] as const;
/** A way in which a clip can depart from what the world makes. */
export type DepartureName = (typeof departureNames)[number];
/** How far a clip departs in each way; 0 is not at all. */
export type Departures = Record<DepartureName, number>;

/** What the greatest departure leaves of the quality: wrong motion all is lost, a wrong look half. */
const worst: Record<DepartureName, number> = {
  brightness: 0.5,
  contrast: 0.5,
  size: 0.5,
  speed: 0,
  stillness: 0,
};

/**
 * What departures leave of a clip's quality: the product of 1 - (1 - w) d² over them, w = 0 for `speed` and `stillness`,
 * 0.5 for `brightness`, `contrast` and `size`.
 */
export function qualityLeft(departures: Departures): number {
  return departureNames.reduce((left, name) => left * (1 - (1 - worst[name]) * departures[name] ** 2), 1);
}

/** Factor of the bodies' radii: 2^(0.7 d), so 0.62 to 1.62. */
export const sizeFactor = ({ size }: Departures): number => 2 ** (0.7 * size);

/** World time in a second of the clip: 2^d, half to double speed. */
export const pace = ({ speed }: Departures): number => 2 ** speed;

/** Share of every body's way that is left: 1 - d; a stillness below 0 is none. */
export const motionLeft = ({ stillness }: Departures): number => 1 - Math.max(0, stillness);

/**
 * Changes the light of pixels in place: 128 + (p - 128) 2^contrast + 96 brightness, within 0 and 255.
 * @param pixels RGB bytes.
 */
export function changeLight(pixels: Uint8Array, { brightness, contrast }: Departures): void {
  if (brightness === 0 && contrast === 0) return;
  const table = Uint8ClampedArray.from(
    { length: 256 },
    (_, value) => 128 + (value - 128) * 2 ** contrast + 96 * brightness,
  );
  for (let i = 0; i < pixels.length; i++) pixels[i] = table[pixels[i]];
}
