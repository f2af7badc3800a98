import { type ContentView, call } from "../api/client.ts";
import { fetchFile, type Passed, upload } from "../api/transfer.ts";
import { reread, viewOf } from "./items.ts";
import { keyring } from "./session.ts";
import { keyOf } from "./wire.ts";

/** A file of an item; null is a name that could not be opened. */
export interface File {
  id: string;
  name: string | null;
  size: number;
}

/** The files of an item, in the order in which they came. */
export const filesOf = async (itemId: string): Promise<File[]> => filesIn(viewOf(itemId));

/** The files that are named in what the server says of an item. */
export async function filesIn(view: ContentView): Promise<File[]> {
  const files = view.attachments ?? [];
  const [names = []] = await keyring().unseal([{ ...keyOf(view), texts: files.map(({ fileName }) => fileName) }]);
  return files.map(({ id, size }, n) => ({ id, name: names[n] ?? null, size: Number(size) }));
}

/** Encrypts a file, puts it to an item, and tells how far it has come. */
export async function addFile(itemId: string, file: Blob & { name: string }, on: Passed): Promise<void> {
  const view = viewOf(itemId);
  const owner = keyOf(view);
  const [{ wrappedKey, sealed }, [[fileName = ""] = []]] = await Promise.all([
    keyring().sealFile(file, owner),
    keyring().seal([{ ...owner, texts: [file.name] }]),
  ]);
  const path = { id: itemId };
  const body = { key: wrappedKey, fileName, fileSize: sealed.size };
  const { attachmentId } = await call("POST /api/ciphers/{id}/attachment/v2", { path, body });
  const form = new FormData();
  form.append("data", sealed, fileName);
  try {
    await upload(`/api/ciphers/${itemId}/attachment/${attachmentId}`, form, on);
  } catch (error) {
    // Whether the empty place can be taken back or not, the first failure is what counts. Both changed the item.
    await call("DELETE /api/ciphers/{id}/attachment/{attachmentId}", { path: { ...path, attachmentId } }).catch(
      () => undefined,
    );
    await reread([itemId]);
    throw error;
  }
  await reread([itemId]);
}

/** Fetches a file of an item and opens it. */
export async function readFile(itemId: string, fileId: string, on: Passed): Promise<Blob> {
  const path = { id: itemId, attachmentId: fileId };
  const { url, key } = await call("GET /api/ciphers/{id}/attachment/{attachmentId}", { path });
  return keyring().openFile(await fetchFile(url, on), key, keyOf(viewOf(itemId)));
}

/** Deletes a file of an item, for ever. */
export async function removeFile(itemId: string, fileId: string): Promise<void> {
  await call("DELETE /api/ciphers/{id}/attachment/{attachmentId}", { path: { id: itemId, attachmentId: fileId } });
  await reread([itemId]);
}
