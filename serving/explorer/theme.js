/** Light or dark: what the system prefers, unless the reader has chosen. */

const STORED = "kate-theme";
const system = matchMedia("(prefers-color-scheme: dark)");

export const themeChanges = new EventTarget();

export function isDark() {
  const chosen = document.documentElement.dataset.theme;
  return chosen ? chosen === "dark" : system.matches;
}

export function installThemeButton(button) {
  const describe = () => {
    button.textContent = isDark() ? "Light" : "Dark";
    button.setAttribute("aria-label", isDark() ? "Use light colors" : "Use dark colors");
  };
  button.addEventListener("click", () => choose(isDark() ? "light" : "dark"));
  themeChanges.addEventListener("change", describe);
  describe();
}

function choose(theme) {
  document.documentElement.dataset.theme = theme;
  try {
    localStorage.setItem(STORED, theme);
  } catch {
    // Storage can be forbidden; the choice then lasts as long as the page.
  }
  announce();
}

function restore() {
  try {
    const stored = localStorage.getItem(STORED);
    if (stored === "light" || stored === "dark") {
      document.documentElement.dataset.theme = stored;
    }
  } catch {
    // As above: the system's preference holds.
  }
}

function announce() {
  themeChanges.dispatchEvent(new Event("change"));
}

restore();
system.addEventListener("change", announce);
