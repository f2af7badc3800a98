/** How long a secret may stay in the clipboard, in milliseconds. */
const life = 30_000;

/** Counts what this page copied. */
let last = 0;

/**
 * Empties the clipboard after a while, unless something else was copied since. The page may not look into it, so
 * where somebody has been elsewhere meanwhile it stays: it may hold what they copied there.
 */
function clearLater(own: number): void {
  let wasAway = false;
  const stop = new AbortController();
  const leave = () => {
    wasAway = true;
  };
  for (const sign of ["blur", "copy", "cut"]) addEventListener(sign, leave, { signal: stop.signal });
  setTimeout(() => {
    stop.abort();
    if (own === last && !wasAway) navigator.clipboard.writeText("").catch(() => undefined);
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
  const blob = text().then((plain) => new Blob([plain], { type: "text/plain" }));
  await navigator.clipboard.write([new ClipboardItem({ "text/plain": blob })]);
  clearLater(own);
}
