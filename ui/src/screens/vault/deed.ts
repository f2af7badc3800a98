import { archive, destroy, restore, trash, unarchive } from "../../vault/deeds.ts";
import type { Row } from "../../vault/items.ts";

/** What can be done to items, one or many. */
export type Deed = "move" | "share" | "archive" | "unarchive" | "trash" | "restore" | "destroy";

/** In the order in which they are offered. */
export const deeds: Deed[] = ["restore", "move", "share", "archive", "unarchive", "trash", "destroy"];

export function mayDo(deed: Deed, row: Row): boolean {
  if (deed === "restore" || deed === "destroy") return row.deletedDate !== null && row.mayDelete;
  if (row.deletedDate) return false;
  switch (deed) {
    case "archive":
      return row.archivedDate === null;
    case "unarchive":
      return row.archivedDate !== null;
    case "trash":
      return row.mayDelete;
    case "share":
      return row.organizationId === null;
    default:
      return true;
  }
}

/** What needs no more words than the press of a button. */
export const atOnce = { restore, archive, unarchive } satisfies Partial<Record<Deed, (ids: string[]) => Promise<void>>>;

/** What is asked about first. */
export const asked = { trash, destroy } satisfies Partial<Record<Deed, (ids: string[]) => Promise<void>>>;

/** What an item guards with the master password: giving it away, and losing it. */
export const isGuarded = (deed: Deed): boolean => deed === "share" || deed in asked;
