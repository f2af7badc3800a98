import {
  type ContentAttachmentView,
  type ContentView,
  call,
  type EmergencyGranteeView,
  type EmergencyGrantorView,
  type PolicyView,
} from "../api/client.ts";
import { fetchFile, type Passed } from "../api/transfer.ts";
import { Unreadable } from "../crypto/encstring.ts";
import { wireOf } from "../crypto/kdf.ts";
import { checkDemands, type PasswordPolicy } from "./demands.ts";
import { type File, filesIn } from "./files.ts";
import { type Row, rowsOf } from "./rows.ts";
import { kdfOf, keyring } from "./session.ts";
import { decryptContents, decryptPart, keyOf, type Opened, type Part } from "./wire.ts";
import { phraseOf } from "./words.ts";

/** What somebody trusted may do. */
export const kinds = { view: 0, takeOver: 1 } as const;

/** How far an access has come. */
export const stages = { invited: 0, accepted: 1, confirmed: 2, initiated: 3, approved: 4 } as const;

/** An access as the one at its other end is called. */
export interface Contact {
  id: string;
  /** Empty for somebody who has not accepted yet. */
  personId: string;
  name: string;
  email: string;
  color: string | null;
  type: number;
  stage: number;
  days: number;
  /** When somebody gets in who has asked; null while nobody waits. */
  waitEnds: string | null;
}

const contactOf = (view: EmergencyGranteeView | EmergencyGrantorView): Contact => ({
  id: view.id ?? "",
  personId: ("granteeId" in view ? view.granteeId : view.grantorId) ?? "",
  name: view.name || view.email,
  email: view.email,
  color: view.avatarColor,
  type: view.type,
  stage: view.status,
  days: view.waitTimeDays,
  waitEnds: view.waitEndsAt,
});

/** Whom the person trusts. */
export const loadTrusted = async (): Promise<Contact[]> =>
  (await call("GET /api/emergency-access/trusted")).data.map(contactOf);

/** Who trusts the person. */
export const loadGranted = async (): Promise<Contact[]> =>
  (await call("GET /api/emergency-access/granted")).data.map(contactOf);

export interface Terms {
  type: number;
  days: number;
}

const wireOfTerms = ({ type, days }: Terms) => ({ type, waitTimeDays: days });

export const invite = (email: string, terms: Terms): Promise<unknown> =>
  call("POST /api/emergency-access/invite", { body: { email: email.trim(), ...wireOfTerms(terms) } });

export const change = ({ id }: Contact, terms: Terms): Promise<unknown> =>
  call("PUT /api/emergency-access/{id}", { path: { id }, body: wireOfTerms(terms) });

const operations = {
  reinvite: "POST /api/emergency-access/{id}/reinvite",
  remove: "DELETE /api/emergency-access/{id}",
  initiate: "POST /api/emergency-access/{id}/initiate",
  approve: "POST /api/emergency-access/{id}/approve",
  reject: "POST /api/emergency-access/{id}/reject",
} as const;

export type Deed = keyof typeof operations;

export const perform = (deed: Deed, { id }: Contact): Promise<unknown> => call(operations[deed], { path: { id } });

/** The key of somebody who has accepted, and what to compare before they get the person's own. */
export interface Candidate {
  publicKey: string;
  fingerprint: string;
}

export async function loadCandidate({ personId }: Contact): Promise<Candidate> {
  const { publicKey } = await call("GET /api/users/{id}/public-key", { path: { id: personId } });
  return { publicKey, fingerprint: await phraseOf(await keyring().fingerprint(personId, publicKey)) };
}

/** Lets somebody open the vault in an emergency: shares the user key with them. */
export async function confirm({ id }: Contact, { publicKey }: Candidate): Promise<void> {
  const key = await keyring().shareUser(publicKey);
  await call("POST /api/emergency-access/{id}/confirm", { path: { id }, body: { key } });
}

/** An item of somebody else, as a list shows it, and as it is encrypted. */
export interface Left {
  row: Row;
  view: ContentView;
}

/**
 * The items of somebody who let the person in, by name. The key that opens them is kept
 * beside those of organizations, under the identifier of the access.
 */
export async function openVault(id: string): Promise<Left[]> {
  const { keyEncrypted, ciphers } = await call("POST /api/emergency-access/{id}/view", { path: { id } });
  const failed = await keyring().openOrganizations({ [id]: keyEncrypted });
  if (failed.length > 0) throw new Unreadable();
  const views = (ciphers as ContentView[])
    .filter(({ deletedDate }) => !deletedDate)
    .map((view) => ({ ...view, organizationId: id }));
  const rows = await rowsOf(views);
  return views
    .map((view, n) => ({ view, row: rows[n] as Row }))
    .sort((a, b) => (a.row.name ?? "").localeCompare(b.row.name ?? ""));
}

/** What an item says, except its secrets. */
export async function look({ view }: Left): Promise<Opened> {
  const [opened] = await decryptContents([view], { withSecrets: false });
  if (!opened) throw new Unreadable();
  return opened;
}

/** Opens one secret of an item. */
export const reveal = ({ view }: Left, part: Part): Promise<string> => decryptPart(view, part);

/** The files of an item. */
export const filesOf = ({ view }: Left): Promise<File[]> => filesIn(view);

/** Fetches a file of an item and opens it. Its owner is under the identifier of the access. */
export async function readFile({ view }: Left, fileId: string, on: Passed): Promise<Blob> {
  const path = { id: view.organizationId ?? "", cipherId: view.id ?? "", attachmentId: fileId };
  const answer = await call("GET /api/emergency-access/{id}/{cipherId}/attachment/{attachmentId}", { path });
  const { url, key } = answer as ContentAttachmentView;
  return keyring().openFile(await fetchFile(url, on), key, keyOf(view));
}

const passwordPolicy = 1;

/** What the organizations of somebody demand of the master password that they are given. */
export async function demandedOf({ id }: Contact): Promise<PasswordPolicy[]> {
  const { data } = await call("GET /api/emergency-access/{id}/policies", { path: { id } });
  const binding = ({ type, enabled, data: says }: PolicyView) => type === passwordPolicy && enabled && !!says;
  return data.filter(binding).map(({ data: says }) => says as PasswordPolicy);
}

/** Gives somebody a new master password. Throws TooWeak for one that breaks a policy of theirs. */
export async function takeOver(contact: Contact, password: string): Promise<void> {
  for (const policy of await demandedOf(contact)) await checkDemands(policy, password);
  const path = { id: contact.id };
  const found = await call("POST /api/emergency-access/{id}/takeover", { path });
  const { salt, kdf: kdfType, kdfIterations: iterations, kdfMemory: memory, kdfParallelism: parallelism } = found;
  const kdf = kdfOf({ kdfType, iterations, memory, parallelism });
  const made = await keyring().takeOver(found.keyEncrypted, password, salt, kdf);
  await call("POST /api/emergency-access/{id}/password", {
    path,
    body: {
      newMasterPasswordHash: made.hash,
      key: made.wrappedUserKey,
      authenticationData: { kdf: wireOf(kdf), masterPasswordAuthenticationHash: made.hash, salt },
      unlockData: { kdf: wireOf(kdf), masterKeyWrappedUserKey: made.wrappedUserKey, salt },
    },
  });
}

/** What the link of a mailed invitation says. */
export interface Invitation {
  id: string;
  name: string;
  email: string;
  token: string;
}

/** Reads the link of an invitation; undefined when it is not whole. */
export function invitationOf(query: URLSearchParams): Invitation | undefined {
  const of = (name: string) => query.get(name) ?? "";
  const found = { id: of("id"), name: of("name"), email: of("email"), token: of("token") };
  return found.id && found.email && found.token ? found : undefined;
}

export const accept = ({ id, token }: Invitation): Promise<unknown> =>
  call("POST /api/emergency-access/{id}/accept", { path: { id }, body: { token } });
