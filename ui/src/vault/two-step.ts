import {
  call,
  type TwostepAuthenticatorDetail,
  type TwostepDuoDetail,
  type TwostepKeysDetail,
  type TwostepYubiKeyDetail,
} from "../api/client.ts";
import { createKey } from "./webauthn.ts";

/** The second steps that a person can set up, as the protocol numbers them. */
export const methods = { authenticator: 0, keys: 7, email: 1, yubikey: 3, duo: 2 } as const;
export type Method = keyof typeof methods;

/** What the server knows of a method, and the token that stands for the password in what follows. */
export type Detail = { token: string } & (
  | { of: "authenticator"; now: TwostepAuthenticatorDetail }
  | { of: "keys"; now: TwostepKeysDetail }
  | { of: "email"; now: { enabled: boolean; email: string | null } }
  | { of: "yubikey"; now: TwostepYubiKeyDetail }
  | { of: "duo"; now: TwostepDuoDetail }
  | { of: "recovery"; code: string | null }
);

export type DetailOf<Of extends Detail["of"]> = Extract<Detail, { of: Of }>;

/** Which methods a person logs in with. */
export async function enabledMethods(): Promise<Method[]> {
  const { data } = await call("GET /api/two-factor");
  const on = data.filter(({ enabled }) => enabled).map(({ type }) => type);
  return (Object.keys(methods) as Method[]).filter((method) => on.includes(methods[method]));
}

/** What there is to see of a method, for whoever proves the master password. */
export async function loadDetail(of: Detail["of"], masterPasswordHash: string): Promise<Detail> {
  const input = { body: { masterPasswordHash } };
  switch (of) {
    case "authenticator": {
      const view = await call("POST /api/two-factor/get-authenticator", input);
      return { of, token: view.userVerificationToken ?? "", now: view.authenticator ?? view };
    }
    case "keys": {
      const view = await call("POST /api/two-factor/get-webauthn", input);
      return { of, token: view.userVerificationToken ?? "", now: view.webAuthn ?? view };
    }
    case "email": {
      const view = await call("POST /api/two-factor/get-email", input);
      return { of, token: view.userVerificationToken ?? "", now: view.email as DetailOf<"email">["now"] };
    }
    case "yubikey": {
      const view = await call("POST /api/two-factor/get-yubikey", input);
      return { of, token: view.userVerificationToken ?? "", now: view.yubiKey ?? view };
    }
    case "duo": {
      const view = await call("POST /api/two-factor/get-duo", input);
      return { of, token: view.userVerificationToken ?? "", now: view.duo ?? view };
    }
    case "recovery":
      return { of, token: "", code: (await call("POST /api/two-factor/get-recover", input)).code };
  }
}

/** Turns a method off. */
export async function turnOff(detail: Exclude<Detail, { of: "recovery" }>): Promise<void> {
  const userVerificationToken = detail.token;
  if (detail.of === "authenticator") {
    await call("DELETE /api/two-factor/authenticator", { body: { key: detail.now.key, userVerificationToken } });
    return;
  }
  await call("PUT /api/two-factor/disable", { body: { type: methods[detail.of], userVerificationToken } });
}

/** Has a security key made for the account, under a name. Returns the keys that there are then. */
export async function addKey({ token, now }: DetailOf<"keys">, name: string): Promise<TwostepKeysDetail> {
  const proof = { userVerificationToken: token };
  const view = await call("POST /api/two-factor/get-webauthn-challenge", { body: proof });
  const { deviceResponse } = await createKey(view.options ?? view, false);
  const id = firstFree(now.keys.map((key) => key.id));
  const made = await call("PUT /api/two-factor/webauthn", { body: { id, name, deviceResponse, ...proof } });
  return made.webAuthn ?? made;
}

/** Takes a security key away. The last one only goes with the whole method. */
export async function removeKey({ token }: DetailOf<"keys">, id: number): Promise<TwostepKeysDetail> {
  const left = await call("DELETE /api/two-factor/webauthn", { body: { id, userVerificationToken: token } });
  return left.webAuthn ?? left;
}

function firstFree(taken: number[]): number {
  let slot = 1;
  while (taken.includes(slot)) slot++;
  return slot;
}
