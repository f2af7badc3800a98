import { call, type DeviceWaitingView } from "../api/client.ts";
import { saltOf } from "../crypto/kdf.ts";
import { deviceIdentifier } from "./browser.ts";
import { keyring } from "./session.ts";
import { phraseOf } from "./words.ts";

/** Applications by the numbers of the protocol: what sort each is, and the proper name of what it runs on. */
const clients: [sort: "phone" | "extension" | "desktop" | "browser" | "line" | "other", on: string][] = [
  ["phone", "Android"],
  ["phone", "iOS"],
  ["extension", "Chrome"],
  ["extension", "Firefox"],
  ["extension", "Opera"],
  ["extension", "Edge"],
  ["desktop", "Windows"],
  ["desktop", "macOS"],
  ["desktop", "Linux"],
  ["browser", "Chrome"],
  ["browser", "Firefox"],
  ["browser", "Opera"],
  ["browser", "Edge"],
  ["browser", "Internet Explorer"],
  ["browser", ""],
  ["phone", "Amazon"],
  ["desktop", "Windows"],
  ["browser", "Safari"],
  ["browser", "Vivaldi"],
  ["extension", "Vivaldi"],
  ["extension", "Safari"],
  ["other", "SDK"],
  ["other", "Server"],
  ["line", "Windows"],
  ["line", "macOS"],
  ["line", "Linux"],
  ["browser", "DuckDuckGo"],
];

/** The sort and the name of an application; undefined for one that is not known. */
export const clientOf = (type: number | null) => (type === null ? undefined : clients[type]);

/** What kind of client a device is. */
export type DeviceKind = "phone" | "extension" | "desktop" | "browser" | "program";

/** What a device is, as clients number it, and the proper name of what it runs on. */
export const kindOf = (type: number): { kind: DeviceKind; on: string } => {
  const [sort, on] = clientOf(type) ?? ["browser", ""];
  return { kind: sort === "line" || sort === "other" ? "program" : sort, on };
};

/** The fingerprint phrase that a device shows which asked to be let in, and that its person compares. */
export const phraseOfDevice = async ({ publicKey }: DeviceWaitingView, email: string): Promise<string> =>
  phraseOf(await keyring().fingerprint(saltOf(email), publicKey));

/** Lets a device in, which asked to be: it gets the user key under the key that it made for this. */
export async function approve({ id, publicKey }: DeviceWaitingView): Promise<void> {
  const key = await keyring().shareUser(publicKey);
  const body = { key, deviceIdentifier: deviceIdentifier(), requestApproved: true };
  await call("PUT /api/auth-requests/{id}", { path: { id: id ?? "" }, body });
}

/** Tells a device that asked to be let in that it will not be. */
export async function deny({ id }: DeviceWaitingView): Promise<void> {
  const body = { deviceIdentifier: deviceIdentifier(), requestApproved: false };
  await call("PUT /api/auth-requests/{id}", { path: { id: id ?? "" }, body });
}
