import { call, type SendRequest, type SendView } from "../api/client.ts";
import { server } from "../api/server.ts";
import { type Passed, upload } from "../api/transfer.ts";
import { keyring } from "./session.ts";

export const kinds = { text: 0, file: 1 } as const;

/** What a visitor must show. */
export const auths = { email: 0, password: 1, none: 2 } as const;

/** The largest file, before it is encrypted. */
export const largest = 500 * 1024 ** 2;

/** The longest text that a Send takes, in bytes: encrypted it fills the 1,000 letters that servers allow. */
export const longestText = 687;

/** A Send in plain text. What could not be opened is null. */
export interface Send {
  id: string;
  accessId: string;
  wrappedKey: string;
  type: number;
  auth: number;
  name: string | null;
  notes: string | null;
  text: string | null;
  textHidden: boolean;
  file: { name: string | null; size: number } | null;
  most: number | null;
  count: number;
  emails: string | null;
  disabled: boolean;
  hideEmail: boolean;
  expiresAt: string | null;
  deleteAt: string;
  changedAt: string;
}

/** What a person says of a Send. */
export interface Draft {
  type: number;
  name: string;
  notes: string;
  text: string;
  textHidden: boolean;
  /** Of a new Send with a file. */
  file: File | undefined;
  /** What readers must show, as one of auths. */
  auth: number;
  /** Empty for none, and for the one that it has. */
  password: string;
  /** Of the people who may read it, between commas; empty unless a code is mailed to them. */
  emails: string;
  most: number | null;
  disabled: boolean;
  hideEmail: boolean;
  expiresAt: string | null;
  deleteAt: string;
}

export type State = "active" | "disabled" | "expired" | "used" | "deleted";

/** Why a Send can be read, or not. */
export function stateOf({ disabled, expiresAt, deleteAt, most, count }: Send, now: Date): State {
  const isOver = (at: string) => now.getTime() >= Date.parse(at);
  if (isOver(deleteAt)) return "deleted";
  if (disabled) return "disabled";
  if (expiresAt && isOver(expiresAt)) return "expired";
  return most !== null && count >= most ? "used" : "active";
}

/** The person's Sends, those that were changed last first. */
export async function loadSends(): Promise<Send[]> {
  const { data } = await call("GET /api/sends");
  return (await opened(data)).sort((a, b) => b.changedAt.localeCompare(a.changedAt));
}

const open = async (view: SendView): Promise<Send> => (await opened([view]))[0] as Send;

async function opened(views: SendView[]): Promise<Send[]> {
  const wires = views.map(({ key, name, notes, text, file }) => ({
    wrappedKey: key,
    texts: [name, notes ?? "", text?.text ?? "", file?.fileName ?? ""],
  }));
  const plain = await keyring().openSends(wires);
  return views.map((view, n) => {
    const [name = null, notes = null, text = null, fileName = null] = plain[n] ?? [];
    const { id, accessId, key: wrappedKey, type, authType: auth, emails, disabled, hideEmail } = view;
    return {
      ...{ id: id ?? "", accessId, wrappedKey, type, auth, emails, disabled, hideEmail, name, notes, text },
      textHidden: view.text?.hidden ?? false,
      file: view.file && { name: fileName, size: Number(view.file.size) },
      most: view.maxAccessCount,
      count: view.accessCount,
      expiresAt: view.expirationDate,
      deleteAt: view.deletionDate,
      changedAt: view.revisionDate,
    };
  });
}

/** Makes a text Send, or one with a file, of which it tells how far it has come. */
export async function createSend(draft: Draft, on: Passed): Promise<Send> {
  const { body, wrappedKey } = await sealed(draft);
  if (!draft.file) return open(await call("POST /api/sends", { body }));
  const file = await keyring().sealSendFile(wrappedKey, draft.file);
  const made = await call("POST /api/sends/file/v2", { body: { ...body, fileLength: file.size } });
  const { id, file: place } = made.sendResponse;
  const form = new FormData();
  form.append("data", file, body.file?.fileName ?? "");
  try {
    await upload(`/api/sends/${id}/file/${place?.id}`, form, on);
  } catch (error) {
    // Without its file it is nothing. Whether it can be taken back or not, the first failure is what counts.
    await call("DELETE /api/sends/{id}", { path: { id: id ?? "" } }).catch(() => undefined);
    throw error;
  }
  return open(made.sendResponse);
}

/** Changes a Send. Its file stays, and its password too unless there is another. */
export async function changeSend(send: Send, draft: Draft): Promise<Send> {
  const { body } = await sealed(draft, send);
  return open(await call("PUT /api/sends/{id}", { path: { id: send.id }, body }));
}

async function sealed(draft: Draft, send?: Send): Promise<{ body: SendRequest; wrappedKey: string }> {
  const { type, textHidden: hidden, disabled, hideEmail } = draft;
  const fileName = draft.file?.name ?? send?.file?.name ?? "";
  const plain = [draft.name, type === kinds.text ? draft.text : fileName, draft.notes];
  const { wrappedKey, texts, passwordHash } = await keyring().sealSend(plain, draft.password, send?.wrappedKey);
  const [name = "", content = "", notes = ""] = texts;
  const body: SendRequest = {
    ...{ type, name, key: wrappedKey, disabled, hideEmail, authType: draft.auth },
    maxAccessCount: draft.most,
    expirationDate: draft.expiresAt,
    deletionDate: draft.deleteAt,
  };
  if (draft.notes) body.notes = notes;
  if (type === kinds.text) body.text = { text: content, hidden };
  else body.file = { fileName: content };
  if (passwordHash) body.password = passwordHash;
  if (draft.emails) body.emails = draft.emails;
  return { body, wrappedKey };
}

/** Lets everybody who has the link read a Send. */
export const removeProof = ({ id }: Send): Promise<unknown> =>
  call("PUT /api/sends/{id}/remove-auth", { path: { id } });

export const deleteSend = ({ id }: Send): Promise<unknown> => call("DELETE /api/sends/{id}", { path: { id } });

/** The link that is given to others. It holds the key of this one Send, and is kept nowhere. */
export async function linkOf({ accessId, wrappedKey }: Send): Promise<string> {
  const [{ environment }, key] = await Promise.all([server(), keyring().linkOfSend(wrappedKey)]);
  return `${environment.vault || location.origin}/#/send/${accessId}/${key}`;
}
