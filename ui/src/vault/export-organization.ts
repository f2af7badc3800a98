import { type ContentView, call } from "../api/client.ts";
import { type Copy, copyOf, type ExportForm } from "./export.ts";
import type { Whole } from "./items.ts";
import { keyring } from "./session.ts";
import { decryptContents, isForeign, type Opened } from "./wire.ts";

/** How many items are opened at once, between two words about how far it has come. */
const portion = 250;

/**
 * Makes a copy of all that an organization owns and that is not in the trash, as the server has it now. Password is that
 * of the copy, where it has one.
 */
export async function makeOrganizationCopy(
  organizationId: string,
  form: ExportForm,
  password: string,
  now: Date,
  progress: (done: number, of: number) => void,
): Promise<Copy> {
  const { ciphers, collections } = await call("GET /api/organizations/{id}/export", { path: { id: organizationId } });
  const names = await keyring().decrypt(
    collections.map(({ name }) => name),
    organizationId,
  );
  const all = collections.map(({ id, externalId }, n) => ({ id: id ?? "", name: names[n] ?? null, externalId }));
  const kept = ciphers.filter(({ deletedDate }) => !deletedDate);
  const items = await wholes(kept, organizationId, progress);
  const views = new Map(kept.map((view) => [view.id, view]));
  return copyOf({ items, viewOf: (id) => views.get(id) ?? {}, places: { organizationId, all } }, form, password, now);
}

async function wholes(
  views: ContentView[],
  organizationId: string,
  progress: (done: number, of: number) => void,
): Promise<Whole[]> {
  const all: Whole[] = [];
  for (let at = 0; at < views.length; at += portion) {
    const some = views.slice(at, at + portion);
    const opened = await decryptContents(some);
    all.push(...some.flatMap((view, n) => (opened[n] ? wholeOf(view, opened[n], organizationId) : [])));
    progress(all.length, views.length);
  }
  const { compare } = new Intl.Collator();
  return all.sort((a, b) => compare(a.name, b.name));
}

/** An item of which nobody says what it is to a person: neither in a folder, nor a favorite, nor archived. */
const wholeOf = (view: ContentView, { content, broken }: Opened, organizationId: string): Whole => ({
  ...content,
  id: view.id ?? "",
  organizationId,
  folderId: null,
  collectionIds: (view.collectionIds ?? []).filter((id) => id !== null),
  createdDate: view.creationDate ?? "",
  revisionDate: view.revisionDate ?? "",
  deletedDate: null,
  archivedDate: null,
  isBroken: broken.length > 0 || isForeign(view),
});
