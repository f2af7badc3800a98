/** The service that knows passwords from breaches did not answer, or not as one does. */
export class Unanswered extends Error {}

/** How long one answer may take, in milliseconds. */
const patience = 30_000;

/**
 * Asks a service of breached passwords, by the interface that Pwned Passwords has, for those whose SHA-1 begins with
 * five hexadecimal digits: how often each was seen, by the other 35 digits of its SHA-1 in upper case. Besides
 * that, the browser tells the service where the page comes from, and keeps no answer. Throws Unanswered.
 */
export async function breachesOf(service: string, start: string, signal: AbortSignal): Promise<Map<string, number>> {
  const text = await fetch(`${service}/range/${start}`, {
    cache: "no-store",
    credentials: "omit",
    referrerPolicy: "no-referrer",
    signal: AbortSignal.any([signal, AbortSignal.timeout(patience)]),
  })
    .then((response) => (response.ok ? response.text() : ""))
    .catch(() => "");
  signal.throwIfAborted();
  const seen = new Map<string, number>();
  for (const line of text.split(/\r?\n/).filter(Boolean)) {
    const [, rest, times] = /^([0-9A-F]{35}):(\d+)$/i.exec(line) ?? [];
    if (!rest) throw new Unanswered();
    seen.set(rest.toUpperCase(), Number(times));
  }
  if (seen.size === 0) throw new Unanswered(); // Every start has hundreds.
  return seen;
}
