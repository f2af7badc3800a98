import type { Content } from "../content.ts";
import type { Found, Incoming, Reason } from "./incoming.ts";

/** How many there may be of what one import sends, as the server of each role has it. */
export interface Limits {
  items: number;
  relations: number;
  places: number;
}

export const cloudLimits: Limits = { items: 40_000, relations: 80_000, places: 2_000 };
export const homeLimits: Limits = { items: 100_000, relations: 200_000, places: 10_000 };

/** Leaves out what says nothing and what the server would refuse, and names what has no name. */
export function settle({ items, skipped }: Found): Found {
  const kept: Incoming[] = [];
  const left = [...skipped];
  for (const item of items) {
    const reason = reasonOf(item);
    const name = item.content.name.trim() || item.content.login?.username || "--";
    if (reason) left.push({ row: item.row, name: item.content.name, reason });
    else kept.push({ ...item, content: { ...item.content, name } });
  }
  const remains = new Set(kept.map(({ row }) => row));
  // The files of an item that is left out need no word of their own.
  const skips = left.filter(({ row, reason }) => reason !== "files" || remains.has(row));
  return { items: kept, skipped: skips.sort((a, b) => a.row - b.row) };
}

function reasonOf({ content, places, passkeys }: Incoming): Reason | undefined {
  const texts = textsOf(content).filter(({ text }) => text);
  if (texts.length === 0 && !passkeys?.length) return "empty";
  const isLong = texts.some(({ text, most }) => sealedLength(text ?? "") > most);
  return isLong || places.some((place) => sealedLength(place) > usual) ? "long" : undefined;
}

// The longest texts that the server keeps, as they are when they are encrypted.
const usual = 1_000;
const long = 5_000;
const longest = 10_000;

function textsOf(content: Content): { text: string | null; most: number }[] {
  const { name, notes, fields, passwordHistory, login, card, identity, sshKey } = content;
  const { uris = [], password = null, ...rest } = login ?? {};
  const all = (most: number, texts: (string | null)[]) => texts.map((text) => ({ text, most }));
  return [
    ...all(usual, [name, ...fields.map((field) => field.name), ...Object.values({ ...rest, ...card, ...identity })]),
    ...all(longest, [notes, ...uris.map(({ uri }) => uri)]),
    ...all(long, [password, ...fields.map(({ value }) => value), ...passwordHistory.map((old) => old.password)]),
    ...all(long, Object.values({ ...sshKey })),
  ];
}

const encoder = new TextEncoder();

/** How long a text is once it is encrypted: "2.", then three pieces of Base64 with bars between them. */
export function sealedLength(text: string): number {
  const blocks = Math.floor(encoder.encode(text).length / 16) + 1;
  return "2.".length + 24 + "|".length + 4 * Math.ceil((16 * blocks) / 3) + "|".length + 44;
}

/** Which of the limits an import breaks. */
export function overLimit({ items }: Found, limits: Limits, isOrganization: boolean): keyof Limits | undefined {
  const placed = items.map(({ places }) => (isOrganization ? places : places.slice(0, 1)));
  if (items.length > limits.items) return "items";
  if (placed.reduce((sum, places) => sum + places.length, 0) > limits.relations) return "relations";
  return new Set(placed.flat()).size > limits.places ? "places" : undefined;
}
