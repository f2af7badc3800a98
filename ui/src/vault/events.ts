import { call, type EventView } from "../api/client.ts";

/** Something that happened, as the log has it. */
export type Event = EventView;

/** A part of the log, newest first, and where the next part begins. */
export interface EventPage {
  events: Event[];
  next: string | null;
}

/** Reads the log from the beginning of one day to the end of another. */
export async function loadEvents(
  organizationId: string,
  from: string,
  to: string,
  after: string | null,
): Promise<EventPage> {
  const start = new Date(`${from}T00:00:00`).toISOString();
  const end = new Date(`${to}T23:59:59.999`).toISOString();
  const { data, continuationToken } = await call("GET /api/organizations/{id}/events", {
    path: { id: organizationId },
    query: { start, end, ...(after ? { continuationToken: after } : {}) },
  });
  return { events: data, next: continuationToken };
}

/** The day of an instant where the reader is, as a field for dates holds it. */
export function dayOf(instant: Date): string {
  const two = (n: number) => String(n).padStart(2, "0");
  return `${instant.getFullYear()}-${two(instant.getMonth() + 1)}-${two(instant.getDate())}`;
}

/** Rows as a file that spreadsheets open. Nothing in it is taken for a formula. */
export function csvOf(rows: string[][]): string {
  const cell = (text: string) => `"${(/^[=+\-@\t\r]/.test(text) ? `'${text}` : text).replaceAll('"', '""')}"`;
  return `\ufeff${rows.map((row) => `${row.map(cell).join(",")}\r\n`).join("")}`;
}
