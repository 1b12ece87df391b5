/** The map as it is drawn: its canvas, what lies over it, and which rows are seen. */

import { Camera } from "./camera.js";
import { element } from "./elements.js";
import { rowsInside } from "./lasso.js";
import { nearestFirst } from "./map_data.js";
import { installGestures } from "./map_gestures.js";
import { MapOverlay } from "./map_overlay.js";
import { count } from "./numbers.js";
import { DIM, PointCanvas } from "./point_canvas.js";
import { debounced } from "./states.js";

const SETTLED = 250;
const FOCUS_ZOOM = 6;
const SMALLEST_RADIUS = 1.1;
const LARGEST_RADIUS = 6;

// So that a reader who comes back sees the same part of the map.
const cameras = new WeakMap();

/**
 * Shows the points of a map. Fires `settled` when it has been still for a while, `pressed`
 * with a row, `selected` with the rows of a lasso, and `cancelled`.
 */
export class MapStage extends EventTarget {
  lassoOn = false;
  #map;
  #paint = null;
  #points;
  #overlay;
  #frame = 0;
  #sized = false;
  #first = true;

  constructor(map, help, signal) {
    super();
    this.#map = map;
    if (!cameras.has(map)) cameras.set(map, new Camera());
    this.camera = cameras.get(map);
    this.canvas = element("canvas", {
      tabindex: "0",
      role: "application",
      "aria-roledescription": "map",
      "aria-label": `Map of ${count(map.size)} documents`,
      "aria-describedby": help,
    });
    this.#points = new PointCanvas(this.canvas);
    this.#overlay = new MapOverlay(this.camera, map);
    this.node = element(
      "div",
      { class: "stage" },
      this.canvas,
      this.#overlay.svg,
      this.#overlay.tip,
    );
    this.#installGestures();
    const observer = new ResizeObserver(() => this.#resize());
    observer.observe(this.node);
    signal.addEventListener("abort", () => observer.disconnect());
  }

  paint(paint) {
    this.#paint = paint;
    this.redraw();
  }

  redraw() {
    // However much changes at once, it is drawn once per frame.
    this.#frame ||= requestAnimationFrame(() => {
      this.#frame = 0;
      this.#draw();
    });
  }

  /** Rows in view that are not dimmed, from the middle outwards. */
  rowsInView() {
    const { x, y, size } = this.#map;
    const rows = [];
    for (let row = 0; row < size; row += 1) {
      if (this.#isShown(row) && this.camera.sees(x[row], y[row])) rows.push(row);
    }
    return nearestFirst(rows, this.#map, [this.camera.x, this.camera.y]);
  }

  /** Rings a row and moves it into view if it is not. */
  reveal(row) {
    this.#overlay.open(row);
    if (row === null) return;
    const { x, y } = this.#map;
    if (!this.camera.sees(x[row], y[row])) this.camera.lookAt(x[row], y[row]);
    this.redraw();
  }

  focusOn(row) {
    this.camera.zoom = Math.max(this.camera.zoom, FOCUS_ZOOM);
    this.camera.lookAt(this.#map.x[row], this.#map.y[row]);
    this.redraw();
  }

  zoom(factor) {
    this.camera.zoomAt(factor);
    this.redraw();
  }

  showAll() {
    this.camera.showAll();
    this.redraw();
  }

  #isShown = (row) => this.#paint.levels[row] > DIM;

  #settled = debounced(SETTLED, () => this.dispatchEvent(new Event("settled")));

  #tell(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }

  #installGestures() {
    installGestures(this.canvas, {
      pan: (dx, dy) => {
        this.camera.panBy(dx, dy);
        this.redraw();
      },
      zoom: (factor, left, top) => {
        this.camera.zoomAt(factor, left, top);
        this.redraw();
      },
      showAll: () => this.showAll(),
      hover: (left, top) => {
        const row = this.#rowAt(left, top, 10);
        this.#overlay.hover(row);
        this.canvas.classList.toggle("pointing", row !== null);
      },
      leave: () => this.#overlay.hover(null),
      press: (left, top, reach) => {
        const row = this.#rowAt(left, top, reach);
        if (row === null) return;
        this.#overlay.hover(row);
        this.#tell("pressed", row);
      },
      lassoMoved: (path) => this.#overlay.drawLasso(path),
      lassoed: (path) => this.#lassoed(path),
      cancel: () => this.#tell("cancelled"),
      wantsLasso: () => this.lassoOn,
    });
  }

  #lassoed(path) {
    this.#overlay.drawLasso([]);
    if (path.length < 3) return;
    const polygon = path.map(([left, top]) => this.camera.toMap(left, top));
    const rows = rowsInside(polygon, this.#map, this.#isShown);
    this.#tell("selected", nearestFirst(rows, this.#map, middleOf(polygon)));
  }

  #rowAt(left, top, reach) {
    const { x, y, size } = this.#map;
    const [mapX, mapY] = this.camera.toMap(left, top);
    let nearest = (reach / this.camera.scale) ** 2;
    let found = null;
    for (let row = 0; row < size; row += 1) {
      const distance = (x[row] - mapX) ** 2 + (y[row] - mapY) ** 2;
      if (distance < nearest && this.#isShown(row)) {
        nearest = distance;
        found = row;
      }
    }
    return found;
  }

  #resize() {
    const { clientWidth, clientHeight } = this.node;
    this.camera.resize(clientWidth, clientHeight);
    this.#sized = true;
    this.#points.resize(clientWidth, clientHeight, devicePixelRatio);
    this.redraw();
  }

  #draw() {
    if (!this.#paint || !this.#sized) return;
    this.#points.draw(this.camera, this.#map, this.#paint, this.#radius());
    this.#overlay.moved();
    this.#settled();
    if (this.#first) performance.mark("kate-interactive");
    this.#first = false;
  }

  /** Points grow as there is room for them. */
  #radius() {
    const { width, height, zoom } = this.camera;
    const room = 0.4 * Math.sqrt(((width * height) / this.#map.size) * zoom);
    return Math.min(Math.max(room, SMALLEST_RADIUS), LARGEST_RADIUS);
  }
}

function middleOf(polygon) {
  const sum = polygon.reduce(([x, y], [px, py]) => [x + px, y + py], [0, 0]);
  return sum.map((total) => total / polygon.length);
}
