import { type CipherImportRequest, type CipherRelation, type ContentRequest, call } from "../../api/client.ts";
import { encryptContents, loadVault } from "../items.ts";
import { keyring } from "../session.ts";
import type { Incoming, Passkey } from "./incoming.ts";

/** How many items are encrypted at once, between two words about how far it has come. */
const portion = 100;

/**
 * Encrypts items and sends them in one request, so that all of them are there afterwards, or none. Folders and
 * collections that there are already, by their names, are used.
 */
export async function sendImport(
  items: Incoming[],
  organizationId: string | undefined,
  progress: (done: number) => void,
): Promise<void> {
  const { names, relations } = placesOf(items, organizationId !== undefined);
  const [sealed, known] = await Promise.all([keyring().encrypt(names, organizationId), placesThere(organizationId)]);
  const places = names.map((name, n) => ({ id: known.get(name) ?? null, name: sealed[n] ?? "" }));
  const ciphers: ContentRequest[] = [];
  for (let at = 0; at < items.length; at += portion) {
    progress(at);
    ciphers.push(...(await sealedItems(items.slice(at, at + portion), organizationId)));
  }
  progress(items.length);
  const body: CipherImportRequest = organizationId
    ? { ciphers, folders: [], folderRelationships: [], collections: places, collectionRelationships: relations }
    : { ciphers, folders: places, folderRelationships: relations, collections: [], collectionRelationships: [] };
  if (organizationId) await call("POST /api/ciphers/import-organization", { body, query: { organizationId } });
  else await call("POST /api/ciphers/import", { body });
}

/** The places of items, each once, and which item lies in which. Of a person's, an item lies in one folder. */
export function placesOf(items: Incoming[], isOrganization: boolean): { names: string[]; relations: CipherRelation[] } {
  const numbers = new Map<string, number>();
  const relations = items.flatMap(({ places }, key) =>
    [...new Set(isOrganization ? places : places.slice(0, 1))].map((place) => {
      const value = numbers.get(place) ?? numbers.size;
      numbers.set(place, value);
      return { key, value };
    }),
  );
  return { names: [...numbers.keys()], relations };
}

/** The folders of the person, or the collections of an organization, by their names. */
async function placesThere(organizationId: string | undefined): Promise<Map<string | null, string>> {
  if (!organizationId) return new Map((await loadVault()).folders.map(({ id, name }) => [name, id]));
  const { data } = await call("GET /api/organizations/{id}/collections", { path: { id: organizationId } });
  const names = await keyring().decrypt(
    data.map(({ name }) => name),
    organizationId,
  );
  return new Map(data.map(({ id }, n) => [names[n] ?? null, id ?? ""]));
}

async function sealedItems(items: Incoming[], organizationId: string | undefined): Promise<ContentRequest[]> {
  const requests = await encryptContents(
    items.map(({ content }) => content),
    organizationId,
  );
  const keys = await sealPasskeys(
    items.map(({ passkeys = [] }) => passkeys),
    organizationId,
  );
  return requests.map((request, n) =>
    keys[n]?.length && request.login ? { ...request, login: { ...request.login, fido2Credentials: keys[n] } } : request,
  );
}

/** Encrypts the passkeys of items; when one was made is told to the server as it is. */
export async function sealPasskeys(of: Passkey[][], organizationId?: string): Promise<Passkey[][]> {
  const open = "creationDate";
  const texts = (passkey: Passkey) => Object.keys(passkey).filter((name) => name !== open);
  const batches = of.map((passkeys) => ({
    organizationId,
    texts: passkeys.flatMap((passkey) => texts(passkey).map((name) => passkey[name] ?? "")),
  }));
  const sealed = await keyring().seal(batches);
  return of.map((passkeys, n) => {
    const next = (sealed[n] ?? []).values();
    return passkeys.map((passkey) => ({
      ...passkey,
      ...Object.fromEntries(texts(passkey).map((name) => [name, next.next().value ?? ""])),
    }));
  });
}
