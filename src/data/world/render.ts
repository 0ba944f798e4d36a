import { type BodyState, clipFormat, floorHeight, type Rgb, type Shape } from './body.js';

const background: Rgb = [232, 233, 237];
const floor: Rgb = [126, 116, 104];

/** Signed distance from an outline in the square [-1, 1] x [-1, 1], in radii: negative inside. */
const outlines: Record<Shape, (u: number, v: number) => number> = {
  circle: (u, v) => Math.sqrt(u * u + v * v) - 1,
  square: (u, v) => Math.max(Math.abs(u), Math.abs(v)) - 1,
  triangle: (u, v) => Math.max(v - 1, (2 * Math.abs(u) - v - 1) / Math.sqrt(5)),
};

/**
 * Draws the frames of a clip one after the other.
 * @returns [frames, size, size, 3] RGB.
 */
export function renderClip(frames: readonly BodyState[][], size: number = clipFormat.size): Uint8Array {
  const clip = new Uint8Array(frames.length * size * size * 3);
  frames.forEach((bodies, i) => {
    renderInto(clip.subarray(i * size * size * 3, (i + 1) * size * size * 3), bodies, size);
  });
  return clip;
}

/**
 * Draws one frame, antialiased; the floor covers what is below it.
 * @returns [size, size, 3] RGB.
 */
export function renderFrame(bodies: readonly BodyState[], size: number = clipFormat.size): Uint8Array {
  const frame = new Uint8Array(size * size * 3);
  renderInto(frame, bodies, size);
  return frame;
}

function renderInto(frame: Uint8Array, bodies: readonly BodyState[], size: number): void {
  const floorRow = Math.round(floorHeight * size);
  fill(frame.subarray(0, floorRow * size * 3), background);
  fill(frame.subarray(floorRow * size * 3), floor);
  for (const body of bodies) {
    if (body.visible) drawBody(frame, body, size, floorRow);
  }
}

function fill(pixels: Uint8Array, rgb: Rgb): void {
  pixels.set(rgb);
  for (let done = 3; done < pixels.length; done *= 2) pixels.copyWithin(done, 0, done);
}

function drawBody(frame: Uint8Array, body: BodyState, size: number, floorRow: number): void {
  const { look, sag, split } = body;
  const radiusX = body.radius * body.stretchX * size;
  const radiusY = body.radius * body.stretchY * size;
  const gap = split * body.radius * size;
  const centreX = body.x * size;
  const centreY = (body.y + body.radius) * size - radiusY;
  const distance = outlines[look.shape];
  const otherDistance = outlines[look.otherShape];
  const roundness =
    (look.shape === 'circle' ? 1 - look.morph : 0) + (look.otherShape === 'circle' ? look.morph : 0);
  const spotU = 0.5 * Math.cos(body.angle);
  const spotV = 0.5 * Math.sin(body.angle);

  const reach = radiusX * (1 + sag) + gap + 1;
  const left = Math.max(0, Math.floor(centreX - reach));
  const right = Math.min(size, Math.ceil(centreX + reach));
  const top = Math.max(0, Math.floor(centreY - radiusY - 1));
  const bottom = Math.min(floorRow, Math.ceil(centreY + radiusY + 1));
  const sharpness = Math.min(radiusX, radiusY);

  for (let row = top; row < bottom; row++) {
    const v = (row + 0.5 - centreY) / radiusY;
    const width = radiusX * (1 + sag * Math.max(-1, Math.min(1, v)));
    for (let column = left; column < right; column++) {
      const dx = column + 0.5 - centreX;
      const fromCut = Math.abs(dx) - gap;
      const u = (Math.sign(dx) * fromCut) / width;
      let outside = distance(u, v);
      if (look.morph > 0) outside += look.morph * (otherDistance(u, v) - outside);
      let cover = Math.min(1, Math.max(0, 0.5 - outside * sharpness));
      if (gap > 0) cover *= Math.min(1, Math.max(0, 0.5 + fromCut));
      if (cover === 0) continue;
      // A light spot on circles shows that they roll.
      const spot = Math.sqrt((u - spotU) ** 2 + (v - spotV) ** 2) - 0.22;
      const shade = roundness > 0 ? 0.45 * roundness * Math.min(1, Math.max(0, 0.5 - spot * sharpness)) : 0;
      const at = (row * size + column) * 3;
      for (let i = 0; i < 3; i++) {
        const paint = look.rgb[i] * (1 - shade) + 255 * shade;
        frame[at + i] += Math.round((paint - frame[at + i]) * cover);
      }
    }
  }
}
