import type { Type } from "../content.ts";
import { refreshVault } from "../items.ts";
import type { Found, Skipped } from "./incoming.ts";
import { sendImport } from "./send.ts";
import { type Limits, overLimit } from "./settle.ts";

/** What of an item is shown before it is imported. */
export interface Sample {
  row: number;
  name: string;
  type: Type;
  username: string;
  places: string[];
}

/** What a person sees of a file before they import it. Its secrets stay behind these functions. */
export interface Preview {
  count: number;
  /** How many there are of each type. */
  types: { type: Type; count: number }[];
  places: number;
  first: Sample[];
  skipped: Skipped[];
  /** Which limit of the server an import would break. */
  over: (limits: Limits, isOrganization: boolean) => keyof Limits | undefined;
  /** Imports all of it, or nothing. */
  send: (organizationId: string | undefined, progress: (done: number) => void) => Promise<void>;
}

const shown = 10;

export function previewOf(found: Found): Preview {
  const { items, skipped } = found;
  const counts = new Map<Type, number>();
  for (const { content } of items) counts.set(content.type, (counts.get(content.type) ?? 0) + 1);
  return {
    count: items.length,
    types: [...counts].map(([type, count]) => ({ type, count })).sort((a, b) => a.type - b.type),
    places: new Set(items.flatMap(({ places }) => places)).size,
    first: items.slice(0, shown).map(({ row, content, places }) => ({
      row,
      name: content.name,
      type: content.type,
      username: content.login?.username ?? "",
      places,
    })),
    skipped,
    over: (limits, isOrganization) => overLimit(found, limits, isOrganization),
    send: async (organizationId, progress) => {
      await sendImport(items, organizationId, progress);
      // What was imported is there, whatever becomes of reading it anew.
      await refreshVault({ force: true }).catch(() => undefined);
    },
  };
}
