/**
 * Draws many points without a GPU: discs are written into the pixels of an image, which is
 * put on the canvas at once. Strokes of a canvas cost a hundred times as much per point.
 */

/** Levels of a point; those above are drawn over those below. */
export const DIM = 1;
export const NORMAL = 2;
export const STRONG = 3;

const LARGEST_RADIUS = 12;
// On larger screens points are drawn coarser, so that frames stay short.
const MOST_PIXELS = 3e6;

export class PointCanvas {
  #context;
  #image = null;
  #pixels = null;
  #pad = 0;
  #stamps = new Map();

  constructor(canvas) {
    this.canvas = canvas;
    // Kept in main memory, where the pixels are written.
    this.#context = canvas.getContext("2d", { alpha: false, willReadFrequently: true });
  }

  resize(width, height, ratio) {
    this.ratio = Math.min(ratio, Math.sqrt(MOST_PIXELS / (width * height)));
    this.canvas.width = Math.max(Math.round(width * this.ratio), 1);
    this.canvas.height = Math.max(Math.round(height * this.ratio), 1);
    // Discs at the border may be written beyond it, which saves clipping each of them.
    this.#pad = Math.ceil(LARGEST_RADIUS * this.ratio) + 1;
    this.#image = new ImageData(
      this.canvas.width + 2 * this.#pad,
      this.canvas.height + 2 * this.#pad,
    );
    this.#pixels = new Uint32Array(this.#image.data.buffer);
    this.#stamps.clear();
  }

  /**
   * Draws points.
   *
   * @param {Camera} camera
   * @param {{x: Float32Array, y: Float32Array}} points
   * @param {{pixels: Uint32Array, levels: Uint8Array, background: number}} paint - Colors
   *   as pixels, levels, and the pixel behind them.
   * @param {number} radius - Of a normal point, in CSS pixels.
   */
  draw(camera, points, paint, radius) {
    this.#pixels.fill(paint.background);
    const counts = [0, 0, 0, 0];
    for (const level of paint.levels) counts[level] += 1;
    for (const level of [DIM, NORMAL, STRONG]) {
      if (counts[level] === 0) continue;
      const size = level === STRONG ? radius * 1.6 + 1 : radius;
      this.#pass(level, camera, points, paint, this.#stamp(size * this.ratio));
    }
    this.#context.putImageData(this.#image, -this.#pad, -this.#pad);
  }

  #pass(level, camera, { x, y }, { pixels: colors, levels }, { solid, edge, cover }) {
    const pixels = this.#pixels;
    const { width, height } = this.canvas;
    const stride = this.#image.width;
    const origin = this.#pad * stride + this.#pad;
    const scale = camera.scale * this.ratio;
    const left = width / 2 - camera.x * scale;
    const top = height / 2 + camera.y * scale;
    for (let i = 0; i < levels.length; i += 1) {
      if (levels[i] !== level) continue;
      const column = Math.floor(x[i] * scale + left);
      if (column < 0 || column >= width) continue;
      const row = Math.floor(top - y[i] * scale);
      if (row < 0 || row >= height) continue;
      const at = origin + row * stride + column;
      const color = colors[i];
      for (let k = 0; k < solid.length; k += 1) pixels[at + solid[k]] = color;
      for (let k = 0; k < edge.length; k += 1) {
        pixels[at + edge[k]] = blend(color, pixels[at + edge[k]], cover[k]);
      }
    }
  }

  /** Offsets of a disc's pixels: those it fills, and those it covers in part. */
  #stamp(wanted) {
    const radius = Math.round(Math.min(wanted, LARGEST_RADIUS * this.ratio) * 4) / 4;
    if (!this.#stamps.has(radius)) {
      this.#stamps.set(radius, discOffsets(radius, this.#image.width));
    }
    return this.#stamps.get(radius);
  }
}

function discOffsets(radius, stride) {
  const solid = [];
  const edge = [];
  const cover = [];
  const reach = Math.ceil(radius);
  for (let row = -reach; row <= reach; row += 1) {
    for (let column = -reach; column <= reach; column += 1) {
      const part = radius + 0.5 - Math.hypot(row, column);
      const offset = row * stride + column;
      if (part >= 1) {
        solid.push(offset);
      } else if (part > 0.1) {
        edge.push(offset);
        cover.push(Math.round(part * 256));
      }
    }
  }
  return {
    solid: Int32Array.from(solid),
    edge: Int32Array.from(edge),
    cover: Int32Array.from(cover),
  };
}

/** Mixes two pixels; `cover` of 256 is all of the first. Red and blue go together. */
function blend(over, under, cover) {
  const rest = 256 - cover;
  const redBlue =
    ((Math.imul(over & 0xff00ff, cover) + Math.imul(under & 0xff00ff, rest)) >>> 8) & 0xff00ff;
  const green = (((over >>> 8) & 0xff) * cover + ((under >>> 8) & 0xff) * rest) & 0xff00;
  return 0xff000000 | redBlue | green;
}
