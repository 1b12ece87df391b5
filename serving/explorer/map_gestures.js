/** Pointer, wheel and keyboard on the map, told as pans, zooms, presses and lassos. */

const CLICK_SLOP = 5;
const LASSO_STEP = 3;
const KEY_PAN = 80;
const KEY_ZOOM = 1.4;
const WHEEL = 0.0016;
const PINCH_WHEEL = 0.01;
const LINE = 16;

/**
 * Installs listeners on the canvas; its `touch-action` must be none.
 *
 * @param {HTMLCanvasElement} canvas
 * @param {object} on - `pan(dx, dy)`, `zoom(factor, left, top)`, `showAll()`,
 *   `hover(left, top)`, `leave()`, `press(left, top, reach)`, `lassoMoved(path)`,
 *   `lassoed(path)`, `cancel()`; and `wantsLasso()`, whether a drag is to draw one.
 */
export function installGestures(canvas, on) {
  const pointers = new Map();
  let lasso = null;
  let travelled = 0;

  const place = ({ clientX, clientY }) => {
    const { left, top } = canvas.getBoundingClientRect();
    return [clientX - left, clientY - top];
  };

  canvas.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    canvas.setPointerCapture(event.pointerId);
    pointers.set(event.pointerId, place(event));
    travelled = pointers.size > 1 ? Infinity : 0;
    on.leave();
    if (pointers.size === 1 && (event.shiftKey || on.wantsLasso())) lasso = [place(event)];
    else if (lasso) endLasso([]);
  });

  canvas.addEventListener("pointermove", (event) => {
    const [left, top] = place(event);
    const before = pointers.get(event.pointerId);
    if (!before) {
      if (event.pointerType !== "touch") on.hover(left, top);
      return;
    }
    travelled += Math.hypot(left - before[0], top - before[1]);
    if (lasso) {
      const [lastLeft, lastTop] = lasso.at(-1);
      if (Math.hypot(left - lastLeft, top - lastTop) >= LASSO_STEP) lasso.push([left, top]);
      on.lassoMoved(lasso);
    } else if (pointers.size === 2) {
      pinch(event.pointerId, before, [left, top]);
    } else if (travelled > CLICK_SLOP) {
      on.pan(before[0] - left, before[1] - top);
    } else {
      return; // The drag may still become a press; where it began is kept.
    }
    pointers.set(event.pointerId, [left, top]);
  });

  const pinch = (moved, before, now) => {
    const [, other] = [...pointers].find(([id]) => id !== moved);
    const spread = ([left, top]) => Math.max(Math.hypot(left - other[0], top - other[1]), 1);
    on.zoom(spread(now) / spread(before), (now[0] + other[0]) / 2, (now[1] + other[1]) / 2);
    on.pan((before[0] - now[0]) / 2, (before[1] - now[1]) / 2);
  };

  const endLasso = (path) => {
    lasso = null;
    on.lassoed(path);
  };

  canvas.addEventListener("pointerup", (event) => {
    if (!pointers.delete(event.pointerId)) return;
    if (lasso) endLasso(lasso);
    else if (travelled <= CLICK_SLOP)
      on.press(...place(event), event.pointerType === "touch" ? 22 : 10);
  });

  canvas.addEventListener("pointercancel", (event) => {
    pointers.delete(event.pointerId);
    if (lasso) endLasso([]);
  });

  canvas.addEventListener("pointerleave", ({ pointerType }) => {
    // A finger always leaves; what its tap has shown stays until the next.
    if (pointerType !== "touch") on.leave();
  });

  canvas.addEventListener(
    "wheel",
    (event) => {
      event.preventDefault();
      const pixels = event.deltaY * (event.deltaMode === WheelEvent.DOM_DELTA_LINE ? LINE : 1);
      const speed = event.ctrlKey ? PINCH_WHEEL : WHEEL;
      on.zoom(Math.exp(-pixels * speed), ...place(event));
    },
    { passive: false },
  );

  const keys = {
    ArrowLeft: () => on.pan(-KEY_PAN, 0),
    ArrowRight: () => on.pan(KEY_PAN, 0),
    ArrowUp: () => on.pan(0, -KEY_PAN),
    ArrowDown: () => on.pan(0, KEY_PAN),
    "+": () => on.zoom(KEY_ZOOM),
    "=": () => on.zoom(KEY_ZOOM),
    "-": () => on.zoom(1 / KEY_ZOOM),
    0: () => on.showAll(),
    Escape: () => (lasso ? endLasso([]) : on.cancel()),
  };
  canvas.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !(event.key in keys)) return;
    event.preventDefault();
    keys[event.key]();
  });
}
