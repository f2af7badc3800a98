/** How long a secret may stay in the clipboard, in milliseconds. */
const life = 30_000;

/** Counts what this page copied. */
let last = 0;

/**
 * Empties the clipboard after a while, unless something else was copied on this page since. Browsers let a page do so
 * only while somebody is at it: where they are elsewhere by then, as soon as they come back.
 */
function clearLater(own: number): void {
  const stop = new AbortController();
  const { signal } = stop;
  for (const sign of ["copy", "cut"]) addEventListener(sign, () => stop.abort(), { signal });
  const clear = () => {
    stop.abort();
    if (own === last) navigator.clipboard.writeText("").catch(() => undefined);
  };
  setTimeout(() => {
    if (signal.aborted) return;
    if (document.hasFocus()) clear();
    else addEventListener("focus", clear, { signal });
  }, life);
}

/**
 * Copies a text. A secret is asked for only then, and does not stay in the clipboard. Throws when it cannot be
 * copied.
 */
export async function copyText(text: string | (() => Promise<string>)): Promise<void> {
  const own = ++last;
  if (typeof text === "string") return navigator.clipboard.writeText(text);
  // The browser is given the promise, because some let a page copy only at once after a press.
  const secret = text();
  const blob = secret.then((plain) => new Blob([plain], { type: "text/plain" }));
  try {
    await navigator.clipboard.write([new ClipboardItem({ "text/plain": blob })]);
  } catch (error) {
    await secret; // What failed first is told.
    throw error;
  }
  clearLater(own);
}
