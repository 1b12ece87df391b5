/** Building of DOM nodes. Data only ever becomes text, never markup. */

/**
 * Makes an element. `on…` properties are listeners; the others are attributes, left out
 * where they are null, undefined or false, as children are.
 */
export function element(tag, properties = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name.startsWith("on")) {
      node.addEventListener(name.slice(2), value);
    } else if (value !== null && value !== undefined && value !== false) {
      node.setAttribute(name, value === true ? "" : value);
    }
  }
  node.append(...children.filter((child) => ![null, undefined, false].includes(child)));
  return node;
}

export function button(label, onclick, properties = {}) {
  return element("button", { type: "button", onclick, ...properties }, label);
}

export function link(hash, ...children) {
  return element("a", { href: hash }, ...children);
}

/** A text of the corpus or of the reader, in whatever direction it is written. */
export function foreign(tag, text, properties = {}) {
  return element(tag, { dir: "auto", ...properties }, text);
}

let lastId = 0;

export function freshId(prefix) {
  lastId += 1;
  return `${prefix}-${lastId}`;
}

/** A part of a page under a heading of its own. */
export function section(heading, ...children) {
  const id = freshId("section");
  return element("section", { "aria-labelledby": id }, element("h2", { id }, heading), ...children);
}
