import { type CollectionSelection, call, type MemberView, type OrgPermissions } from "../api/client.ts";
import { outranks } from "./console.ts";
import { type Membership, may } from "./profile.ts";
import { kdfOf, keyring } from "./session.ts";
import { phraseOf } from "./words.ts";

/** How far somebody has come. */
export const Status = { revoked: -1, invited: 0, accepted: 1, confirmed: 2 } as const;

/** Somebody who belongs to an organization, or is about to. */
export interface Member extends MemberView {
  id: string;
  groups: string[];
  /** What a search looks in. */
  words: string;
}

/** The role of one with rights of their own. */
export const custom = 4;

/** What can be done to members. */
export type Deed = "reinvite" | "confirm" | "revoke" | "restore" | "remove";

/** What became of one member of many; error is for the person, and empty for a success. */
export interface Outcome {
  id: string;
  error: string;
}

/** How many members one request names: few enough that progress can be shown. */
const portion = 250;

/** How many addresses one request invites. */
const invitedAtOnce = 250;

export const nameOf = ({ name, email }: { name: string | null; email: string }): string => name || email;

/** All members, by name. */
export async function loadMembers(organizationId: string): Promise<Member[]> {
  const { data } = await call("GET /api/organizations/{id}/users", {
    path: { id: organizationId },
    query: { includeGroups: "true" },
  });
  const { compare } = new Intl.Collator();
  return (data as Member[])
    .map((member) => ({ ...member, words: plain(`${member.name ?? ""} ${member.email}`) }))
    .sort((a, b) => compare(nameOf(a), nameOf(b)));
}

/** A text without case and accents. */
export const plain = (text: string): string =>
  text
    .normalize("NFD")
    .replace(/\p{Diacritic}/gu, "")
    .toLowerCase();

/** The members in whose name or address each word of a search stands, of one status when one is given. */
export function found(members: Member[], search: string, status: number | undefined): Member[] {
  const words = plain(search).split(/\s+/).filter(Boolean);
  return members.filter(
    (member) =>
      (status === undefined || member.status === status) && words.every((word) => member.words.includes(word)),
  );
}

/** Reports whether somebody may do something to a member. */
export function mayDo(deed: Deed, by: Membership, { id, status, type }: Member): boolean {
  if (!may(by, "manageUsers") || !outranks(by, type) || id === by.organizationUserId) return false;
  switch (deed) {
    case "reinvite":
      return status === Status.invited;
    case "confirm":
      return status === Status.accepted;
    case "restore":
      return status === Status.revoked;
    case "revoke":
      return status !== Status.revoked;
    case "remove":
      return true;
  }
}

/** Reports whether somebody may give a member a new master password. */
export const mayRecover = (by: Membership, { id, type, resetPasswordEnrolled }: Member): boolean =>
  by.useResetPassword &&
  by.hasPublicAndPrivateKeys &&
  resetPasswordEnrolled &&
  may(by, "manageResetPassword") &&
  outranks(by, type) &&
  id !== by.organizationUserId;

/** The key of somebody who waits to be confirmed, and what to compare before they are. */
export interface Candidate {
  id: string;
  publicKey: string;
  fingerprint: string;
}

export async function loadCandidates(organizationId: string, ids: string[]): Promise<Candidate[]> {
  const { data } = await call("POST /api/organizations/{id}/users/public-keys", {
    path: { id: organizationId },
    body: { ids },
  });
  return Promise.all(
    data.map(async ({ id, userId, key }) => ({
      id: id ?? "",
      publicKey: key,
      fingerprint: await phraseOf(await keyring().fingerprint(userId ?? "", key)),
    })),
  );
}

type Progress = (done: number) => void;

async function inPortions<T>(all: T[], on: Progress, act: (some: T[]) => Promise<Outcome[]>): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (let at = 0; at < all.length; at += portion) {
    on(at);
    outcomes.push(...(await act(all.slice(at, at + portion))));
  }
  on(all.length);
  return outcomes;
}

const outcomesOf = ({ data }: { data: { id: string | null; error: string }[] }): Outcome[] =>
  data.map(({ id, error }) => ({ id: id ?? "", error }));

/** Gives the key of the organization to each, and to those bound by its ownership of data a collection of their own. */
export async function confirmAll(
  organizationId: string,
  candidates: Candidate[],
  ownCollection: string,
  on: Progress,
): Promise<Outcome[]> {
  const [defaultUserCollectionName = ""] = await keyring().encrypt([ownCollection], organizationId);
  return inPortions(candidates, on, async (some) => {
    const keys = await Promise.all(
      some.map(async ({ id, publicKey }) => ({
        id,
        key: await keyring().shareOrganization(organizationId, publicKey),
      })),
    );
    const path = { id: organizationId };
    return outcomesOf(
      await call("POST /api/organizations/{id}/users/confirm", { path, body: { keys, defaultUserCollectionName } }),
    );
  });
}

const operations = {
  reinvite: "POST /api/organizations/{id}/users/reinvite",
  revoke: "PUT /api/organizations/{id}/users/revoke",
  restore: "PUT /api/organizations/{id}/users/restore",
  remove: "POST /api/organizations/{id}/users/remove",
} as const;

/** Does the same to many, in portions, and says how far it has come. */
export const doToAll = (
  deed: Exclude<Deed, "confirm">,
  organizationId: string,
  ids: string[],
  on: Progress,
): Promise<Outcome[]> =>
  inPortions(ids, on, async (some) =>
    outcomesOf(await call(operations[deed], { path: { id: organizationId }, body: { ids: some } })),
  );

/** Why an address is not invited: it is none, stands twice in the list, or belongs already. */
export type Unfit = "malformed" | "twice" | "known";

export interface Address {
  email: string;
  unfit?: Unfit;
}

/** Reads addresses as people paste them: in lines, with commas or semicolons, with names around them. */
export function readAddresses(text: string, known: Set<string>): Address[] {
  const seen = new Set<string>();
  return text
    .split(/[\n,;]+/)
    .map((part) => (/<([^<>]*)>/.exec(part)?.[1] ?? part).trim().toLowerCase())
    .filter(Boolean)
    .map((email) => {
      if (!/^[^\s@"<>]+@[^\s@"<>]+\.[^\s@"<>]+$/.test(email) || email.length > 256)
        return { email, unfit: "malformed" };
      if (seen.has(email)) return { email, unfit: "twice" };
      seen.add(email);
      return known.has(email) ? { email, unfit: "known" } : { email };
    });
}

/** What somebody is, and what they have. */
export interface Standing {
  type: number;
  permissions: OrgPermissions;
  groups: string[];
  collections: CollectionSelection[];
}

export async function invite(organizationId: string, emails: string[], as: Standing, on: Progress): Promise<void> {
  for (let at = 0; at < emails.length; at += invitedAtOnce) {
    on(at);
    const body = { ...as, emails: emails.slice(at, at + invitedAtOnce) };
    await call("POST /api/organizations/{id}/users/invite", { path: { id: organizationId }, body });
  }
  on(emails.length);
}

/** What a member is and has, as it stands on the server. */
export async function loadStanding(organizationId: string, memberId: string): Promise<Standing> {
  const { type, permissions, groups, collections } = await call("GET /api/organizations/{id}/users/{memberId}", {
    path: { id: organizationId, memberId },
    query: { includeGroups: "true" },
  });
  return { type, permissions, groups: (groups ?? []) as string[], collections };
}

export const changeStanding = (organizationId: string, memberId: string, standing: Standing): Promise<unknown> =>
  call("PUT /api/organizations/{id}/users/{memberId}", { path: { id: organizationId, memberId }, body: standing });

/** Gives a member a new master password, takes away their second steps, or both. No password takes the steps alone. */
export async function recover(
  organizationId: string,
  memberId: string,
  password: string | undefined,
  resetTwoFactor: boolean,
): Promise<void> {
  const path = { id: organizationId, memberId };
  const operation = "PUT /api/organizations/{id}/users/{memberId}/recover-account";
  if (password === undefined) {
    await call(operation, { path, body: { resetMasterPassword: false, resetTwoFactor } });
    return;
  }
  const details = await call("GET /api/organizations/{id}/users/{memberId}/reset-password-details", { path });
  const { kdf: kdfType, kdfIterations: iterations, kdfMemory: memory, kdfParallelism: parallelism } = details;
  const kdf = { kdfType, iterations, memory, parallelism };
  const salt = details.masterPasswordSalt;
  const made = await keyring().recover(
    organizationId,
    { sharedUserKey: details.resetPasswordKey, wrappedPrivateKey: details.encryptedPrivateKey },
    password,
    salt,
    kdfOf(kdf),
  );
  await call(operation, {
    path,
    body: {
      resetMasterPassword: true,
      resetTwoFactor,
      newMasterPasswordHash: made.hash,
      key: made.wrappedUserKey,
      authenticationData: { kdf, masterPasswordAuthenticationHash: made.hash, salt },
      unlockData: { kdf, masterKeyWrappedUserKey: made.wrappedUserKey, salt },
    },
  });
}
