import { addressOf, home } from "../../route.ts";
import { types } from "../../vault/content.ts";
import type { Row } from "../../vault/items.ts";

/** Which items a list shows. */
export type Filter =
  | { kind: "all" | "favorites" | "archive" | "trash" }
  | { kind: "type"; type: number }
  /** "none" is no folder. */
  | { kind: "folder"; id: string }
  /** "mine" is what belongs to no organization. */
  | { kind: "organization"; id: string }
  | { kind: "collection"; id: string };

const kinds = ["favorites", "archive", "trash"] as const;

/** What an address says of the list: "folderId=…", "type=trash". */
export function filterOf(query: URLSearchParams): Filter {
  const type = query.get("type") ?? "";
  const kind = kinds.find((one) => one === type);
  if (kind) return { kind };
  if (type in types) return { kind: "type", type: types[type as keyof typeof types] };
  for (const of of ["folder", "organization", "collection"] as const) {
    const id = query.get(`${of}Id`);
    if (id) return { kind: of, id };
  }
  return { kind: "all" };
}

/** The members of an address that stand for a filter. */
function membersOf(filter: Filter): Record<string, string> {
  if (filter.kind === "all") return {};
  if (filter.kind === "type")
    return { type: Object.entries(types).find(([, type]) => type === filter.type)?.[0] ?? "" };
  if ("id" in filter) return { [`${filter.kind}Id`]: filter.id };
  return { type: filter.kind };
}

/** The address of a list, and of an item in front of it. */
export function placeOf(filter: Filter, itemId?: string): string {
  const query = new URLSearchParams({ ...membersOf(filter), ...(itemId ? { itemId } : {}) }).toString();
  return `${addressOf(home, {})}${query ? `?${query}` : ""}`;
}

export const isSame = (a: Filter, b: Filter): boolean => JSON.stringify(membersOf(a)) === JSON.stringify(membersOf(b));

/** Reports whether a list shows an item. What is in the trash or the archive is shown nowhere else. */
export function shows(filter: Filter, row: Row): boolean {
  if (filter.kind === "trash") return row.deletedDate !== null;
  if (row.deletedDate) return false;
  if (filter.kind === "archive") return row.archivedDate !== null;
  if (row.archivedDate) return false;
  switch (filter.kind) {
    case "all":
      return true;
    case "favorites":
      return row.favorite;
    case "type":
      return row.type === filter.type;
    case "folder":
      return row.folderId === (filter.id === "none" ? null : filter.id);
    case "organization":
      return row.organizationId === (filter.id === "mine" ? null : filter.id);
    case "collection":
      return row.collectionIds.includes(filter.id);
  }
}
