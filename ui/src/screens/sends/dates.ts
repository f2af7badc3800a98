/** How long a Send may live, in hours, as it is offered. */
export const lives = ["1", "24", "48", "72", "168", "336", "720"] as const;

/** How long it lives unless somebody chooses. */
export const usualLife = "168";

/** The longest life, in hours. */
export const longestLife = 31 * 24;

const hour = 3_600_000;

export const inHours = (now: Date, hours: number): Date => new Date(now.getTime() + hours * hour);

/** An instant as a field for local dates holds it. */
export function localOf(at: Date): string {
  const shifted = new Date(at.getTime() - at.getTimezoneOffset() * 60_000);
  return shifted.toISOString().slice(0, 16);
}

/** What a field for local dates held, as an instant; null when it is empty. */
export const instantOf = (held: string): string | null => (held ? new Date(held).toISOString() : null);
