import { call } from "../api/client.ts";
import { saltOf, wireOf } from "../crypto/kdf.ts";
import { startKeyring } from "../crypto/remote.ts";

/** How many letters a master password has at least. */
export const shortest = 12;

/**
 * What entitles to an account: the token of a mailed link, of an invitation to an organization or to be there in an
 * emergency, or of the offer of a Families organization.
 */
export type Proof =
  | { emailVerificationToken: string }
  | { orgInviteToken: string; organizationUserId: string }
  | { orgSponsoredFreeFamilyPlanToken: string }
  | { acceptEmergencyAccessInviteToken: string; acceptEmergencyAccessId: string };

/** Begins a registration. Returns the token where the server mails none, else undefined: the person has mail. */
export async function beginRegistration(email: string, name: string): Promise<string | undefined> {
  const answer = await call("POST /identity/accounts/register/send-verification-email", {
    body: { email: email.trim(), name: name.trim() },
  });
  return typeof answer === "string" ? answer : undefined;
}

/** Makes the keys of an account and registers it. Signing in is another step. */
export async function finishRegistration(email: string, password: string, hint: string, proof: Proof): Promise<void> {
  const salt = saltOf(email);
  const keys = startKeyring();
  try {
    const made = await keys.makeAccount(password, salt);
    const kdf = wireOf(made.kdf);
    await call("POST /identity/accounts/register/finish", {
      body: {
        email: email.trim(),
        masterPasswordHint: hint,
        masterPasswordHash: made.hash,
        userSymmetricKey: made.wrappedUserKey,
        userAsymmetricKeys: { publicKey: made.publicKey, encryptedPrivateKey: made.wrappedPrivateKey },
        masterPasswordAuthentication: { kdf, masterPasswordAuthenticationHash: made.hash, salt },
        masterPasswordUnlock: { kdf, masterKeyWrappedUserKey: made.wrappedUserKey, salt, containedKeyId: made.keyId },
        ...proof,
      },
    });
  } finally {
    keys.end();
  }
}
