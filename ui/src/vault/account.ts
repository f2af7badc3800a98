import { type AccountProfile, call } from "../api/client.ts";
import { type Kdf, saltOf, wireOf } from "../crypto/kdf.ts";
import type { Rewrapped } from "../crypto/keyring.ts";
import { checkDemands, type PasswordPolicy } from "./demands.ts";
import { derivation, keyring, logOut, proof } from "./session.ts";

// What a person changes about themselves. What ends every session ends this one too.

/** Changes the master password, and ends every session. Throws TooWeak for one that breaks a policy. */
export async function changePassword(current: string, next: string, hint: string): Promise<void> {
  const masterPasswordHash = await proof(current);
  await checkDemands(await call("POST /api/accounts/verify-password", { body: { masterPasswordHash } }), next);
  const { salt, kdf } = derivation();
  const made = await keyring().rewrap(next, salt, kdf);
  const body = { masterPasswordHash, masterPasswordHint: hint, ...credentials(made, salt, kdf) };
  await call("POST /api/accounts/password", { body });
  logOut("password");
}

/** Replaces a password that an administrator has set, and ends every session. */
export async function replaceTemporaryPassword(next: string, hint: string): Promise<void> {
  for (const policy of await demandedOfMember()) await checkDemands(policy, next);
  const { salt, kdf } = derivation();
  const made = await keyring().rewrap(next, salt, kdf);
  const body = { masterPasswordHint: hint, ...credentials(made, salt, kdf) };
  await call("PUT /api/accounts/update-temp-password", { body });
  logOut("password");
}

/** Derives the master key in another way from now on, and ends every session. */
export async function changeDerivation(password: string, kdf: Kdf): Promise<void> {
  const masterPasswordHash = await proof(password);
  const { salt } = derivation();
  const made = await keyring().rewrap(password, salt, kdf);
  await call("POST /api/accounts/kdf", { body: { masterPasswordHash, ...credentials(made, salt, kdf) } });
  logOut("derivation");
}

/** Has a code mailed to an address that is to be the person's. */
export async function mailEmailCode(newEmail: string, password: string): Promise<void> {
  const masterPasswordHash = await proof(password);
  await call("POST /api/accounts/email-token", { body: { newEmail, masterPasswordHash } });
}

/** Makes an address the person's. What is derived from it is made anew, and every session ends. */
export async function changeEmail(newEmail: string, token: string, password: string): Promise<void> {
  const masterPasswordHash = await proof(password);
  const made = await keyring().rewrap(password, saltOf(newEmail), derivation().kdf);
  const { hash: newMasterPasswordHash, wrappedUserKey: key } = made;
  const body = { masterPasswordHash, newEmail, newMasterPasswordHash, key, token: token.trim() };
  await call("POST /api/accounts/email", { body });
  logOut("email");
}

/** Ends every session of the person, this one too. */
export async function endSessions(masterPasswordHash: string): Promise<void> {
  await call("POST /api/accounts/security-stamp", { body: { masterPasswordHash } });
  logOut("everywhere");
}

/** Deletes the account and everything in it. */
export async function deleteAccount(masterPasswordHash: string): Promise<void> {
  await call("DELETE /api/accounts", { body: { masterPasswordHash } });
  logOut("deleted");
}

/** Notes the language that a person chose, so that mails arrive in it. */
export async function setCulture(language: string): Promise<AccountProfile> {
  return call("PUT /api/accounts/profile", { body: { culture: { fr: "fr-FR" }[language] ?? "en-US" } });
}

function credentials({ hash, keyId, wrappedUserKey }: Rewrapped, salt: string, of: Kdf) {
  const kdf = wireOf(of);
  return {
    authenticationData: { kdf, masterPasswordAuthenticationHash: hash, salt },
    unlockData: { kdf, masterKeyWrappedUserKey: wrappedUserKey, salt, containedKeyId: keyId },
  };
}

/** What the organizations of the person demand of a master password. */
async function demandedOfMember(): Promise<PasswordPolicy[]> {
  const profile = await call("GET /api/accounts/profile");
  const organizations = profile.organizations as { id: string; usePolicies: boolean }[];
  const asked = organizations.map(({ id }) =>
    call("GET /api/organizations/{id}/policies/master-password", { path: { id } }).then(
      ({ enabled, data }) => (enabled && data ? [data as PasswordPolicy] : []),
      () => [], // An organization without this policy.
    ),
  );
  return (await Promise.all(asked)).flat();
}
