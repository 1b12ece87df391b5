/** Which part of the map is seen: the map's unit square, y upwards, on a screen in pixels. */

const MARGIN = 0.94;
const MOST_OUT = 0.5;
const MOST_IN = 500;

export class Camera {
  constructor() {
    this.width = 1;
    this.height = 1;
    this.showAll();
  }

  /** Pixels per unit when everything fits. */
  get fit() {
    return Math.min(this.width, this.height) * MARGIN;
  }

  get scale() {
    return this.fit * this.zoom;
  }

  showAll() {
    this.x = 0.5;
    this.y = 0.5;
    this.zoom = 1;
  }

  resize(width, height) {
    this.width = Math.max(width, 1);
    this.height = Math.max(height, 1);
  }

  toScreen(x, y) {
    return [
      (x - this.x) * this.scale + this.width / 2,
      (this.y - y) * this.scale + this.height / 2,
    ];
  }

  toMap(left, top) {
    return [
      (left - this.width / 2) / this.scale + this.x,
      this.y - (top - this.height / 2) / this.scale,
    ];
  }

  panBy(left, top) {
    this.lookAt(this.x - left / this.scale, this.y + top / this.scale);
  }

  /** Zooms, the point of the map at a place of the screen staying there. */
  zoomAt(factor, left = this.width / 2, top = this.height / 2) {
    const [x, y] = this.toMap(left, top);
    this.zoom = Math.min(Math.max(this.zoom * factor, MOST_OUT), MOST_IN);
    const [nowX, nowY] = this.toMap(left, top);
    this.lookAt(this.x + x - nowX, this.y + y - nowY);
  }

  lookAt(x, y) {
    // The middle stays on the map, which cannot get lost.
    this.x = Math.min(Math.max(x, 0), 1);
    this.y = Math.min(Math.max(y, 0), 1);
  }

  sees(x, y) {
    const [left, top] = this.toScreen(x, y);
    return left >= 0 && left < this.width && top >= 0 && top < this.height;
  }
}
