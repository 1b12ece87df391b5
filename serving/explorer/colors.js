/** Colors of the map's points. */

import { isDark } from "./theme.js";

/**
 * Twenty colors of each theme, chosen to lie as far apart as can be for readers with normal,
 * red-blind and green-blind sight, each with a contrast of 3 to 1 or more to the background.
 */
const LIGHT = [
  "#0000e1",
  "#006987",
  "#0f8700",
  "#ff003c",
  "#692d00",
  "#b469ff",
  "#5a0f78",
  "#962d4b",
  "#7869c3",
  "#3c4ba5",
  "#3c8769",
  "#872dff",
  "#78004b",
  "#9687d2",
  "#3c00a5",
  "#00a569",
  "#5a3c78",
  "#784b00",
  "#005ad2",
  "#b46996",
];
const DARK = [
  "#4bb4ff",
  "#f07896",
  "#ffff00",
  "#9600ff",
  "#f0b42d",
  "#5affff",
  "#878700",
  "#9669c3",
  "#c3e1a5",
  "#69d2d2",
  "#6987ff",
  "#ffffb4",
  "#e10096",
  "#3ca569",
  "#00b4c3",
  "#a5a500",
  "#e1e13c",
  "#00875a",
  "#f0a596",
  "#b400d2",
];

const THEMES = {
  light: {
    palette: LIGHT,
    background: "#ffffff",
    dim: "#dfe3e8",
    other: "#8d949c",
    sides: ["#1765ab", "#b5541c"],
    ramp: ["#9a7fd0", "#7a55c4", "#5a2fae", "#350a80"],
  },
  dark: {
    palette: DARK,
    background: "#15181d",
    dim: "#2b3139",
    other: "#7d858e",
    sides: ["#6cb2f0", "#f0a35e"],
    ramp: ["#8a7430", "#b8972f", "#e0bb3a", "#fff0a0"],
  },
};

export const MOST_COLORS = LIGHT.length;

export function themeColors() {
  return isDark() ? THEMES.dark : THEMES.light;
}

/** A color as a pixel in memory: bytes R, G, B, A in this order on every common machine. */
export function pixelOf(color) {
  const rgb = Number.parseInt(color.slice(1), 16);
  const [red, green, blue] = [rgb >>> 16, (rgb >>> 8) & 0xff, rgb & 0xff];
  return ((255 << 24) | (blue << 16) | (green << 8) | red) >>> 0;
}
