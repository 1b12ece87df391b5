/** Which points lie in a polygon drawn by hand. */

/** Rows inside a polygon of `[x, y]`, of those that are shown. */
export function rowsInside(polygon, { x, y, size }, isShown) {
  const inside = [];
  const xs = polygon.map(([px]) => px);
  const ys = polygon.map(([, py]) => py);
  const [left, right] = [Math.min(...xs), Math.max(...xs)];
  const [bottom, top] = [Math.min(...ys), Math.max(...ys)];
  for (let row = 0; row < size; row += 1) {
    if (x[row] < left || x[row] > right || y[row] < bottom || y[row] > top) continue;
    if (isShown(row) && isInside(x[row], y[row], xs, ys)) inside.push(row);
  }
  return inside;
}

/** A ray to the right crosses the border of a polygon an odd number of times from inside. */
function isInside(x, y, xs, ys) {
  let inside = false;
  for (let i = 0, j = xs.length - 1; i < xs.length; j = i, i += 1) {
    if (ys[i] > y !== ys[j] > y && x < ((xs[j] - xs[i]) * (y - ys[i])) / (ys[j] - ys[i]) + xs[i]) {
      inside = !inside;
    }
  }
  return inside;
}
