/** From the address after `#` to a view. */

/** Splits `#/topics/12?sign=positive` into a name, the rest of the path, and a query. */
export function parseRoute(hash) {
  const [path, query = ""] = hash.replace(/^#\/?/, "").split("?", 2);
  const [name, ...rest] = path.split("/").filter(Boolean).map(decoded);
  return { name: name ?? "", rest, query: new URLSearchParams(query) };
}

export function routeTo(name, rest = [], query = {}) {
  const path = [name, ...rest].map(encodeURIComponent).join("/");
  const text = new URLSearchParams(query).toString();
  return text ? `#/${path}?${text}` : `#/${path}`;
}

function decoded(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return part; // A lone % in an address typed by hand.
  }
}
