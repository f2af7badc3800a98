import { call, type PasskeyView } from "../api/client.ts";
import { keyring } from "./session.ts";
import { createKey, NoAnswer, proveKey, secretOfKey } from "./webauthn.ts";

/** What a passkey can do besides a log-in. */
export const opensVault = ({ prfStatus }: PasskeyView): boolean => prfStatus === 0;
export const couldOpenVault = ({ prfStatus }: PasskeyView): boolean => prfStatus === 1;

export const listPasskeys = async (): Promise<PasskeyView[]> => (await call("GET /api/webauthn")).data;

/** Has a passkey made; wantsOpening lets it open the vault too, where it can. Returns whether it does. */
export async function addPasskey(masterPasswordHash: string, name: string, wantsOpening: boolean): Promise<boolean> {
  const { options, token } = await call("POST /api/webauthn/attestation-options", { body: { masterPasswordHash } });
  const made = await createKey(options, true);
  const { deviceResponse, computes: supportsPrf } = made;
  let keys = {};
  let opens = false;
  if (wantsOpening && supportsPrf) {
    const secret = made.secret ?? (await secretOfKey(made.id, options));
    if (secret) {
      keys = await keyring().enrollPasskey(secret);
      opens = true;
    }
  }
  await call("POST /api/webauthn", { body: { deviceResponse, token, name, supportsPrf, ...keys } });
  return opens;
}

/** Lets a passkey that there is already open the vault too: the one that the person shows. */
export async function letOpenVault(masterPasswordHash: string): Promise<void> {
  const { options, token } = await call("POST /api/webauthn/assertion-options", { body: { masterPasswordHash } });
  const { deviceResponse, secret } = await proveKey(options, true);
  if (!secret) throw new NoAnswer();
  await call("PUT /api/webauthn", { body: { deviceResponse, token, ...(await keyring().enrollPasskey(secret)) } });
}

export const removePasskey = (masterPasswordHash: string, id: string): Promise<unknown> =>
  call("POST /api/webauthn/{id}/delete", { path: { id }, body: { masterPasswordHash } });
