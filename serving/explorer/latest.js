/** Requests of which only the latest counts. */

/** Returns a function that aborts the signal it gave before and gives a new one. */
export function latest(leaving) {
  let current = new AbortController();
  return () => {
    current.abort();
    current = new AbortController();
    return AbortSignal.any([current.signal, leaving]);
  };
}
