import { parseXml, XmlElement, XmlError } from "@rgrove/parse-xml";
import { fromBase64, fromHex, toBase32, utf8 } from "../../crypto/bytes.ts";
import type { Content, OldPassword } from "../content.ts";
import {
  type Found,
  fieldOf,
  type Incoming,
  loginOf,
  nameOf,
  noteOf,
  orNull,
  type Skipped,
  WrongFile,
} from "./incoming.ts";

/** What KeePass 2, KeePassXC and their kin export as XML. Groups become folders; the topmost one has everything. */
export function keepass(text: string): Found {
  const file = rootOf(text);
  const top = child(child(file, "Root"), "Group");
  if (file.name !== "KeePassFile" || !top) throw new WrongFile("form");
  const bin = textOf(child(file, "Meta"), "RecycleBinUUID");
  const found: Found = { items: [], skipped: [] };
  collect(top, { path: [], isTrash: false, bin }, found);
  if (found.items.length === 0 && found.skipped.length === 0) throw new WrongFile("empty");
  return found;
}

function rootOf(text: string): XmlElement {
  try {
    const { root } = parseXml(text.replace(/^\ufeff/, ""));
    if (root) return root;
  } catch (error) {
    if (!(error instanceof XmlError)) throw error;
  }
  throw new WrongFile("form");
}

interface Place {
  path: string[];
  isTrash: boolean;
  /** What the group of everything that was thrown away is told by. */
  bin: string;
}

function collect(group: XmlElement, place: Place, found: Found): void {
  for (const entry of children(group, "Entry")) {
    const row = found.items.length + found.skipped.filter(({ reason }) => reason === "trash").length + 1;
    const { content, hasFiles } = incomingOf(entry);
    if (place.isTrash) found.skipped.push({ row, name: content.name, reason: "trash" } satisfies Skipped);
    else {
      const places = place.path.length > 0 ? [place.path.join("/")] : [];
      found.items.push({ row, places, content } satisfies Incoming);
      if (hasFiles) found.skipped.push({ row, name: content.name, reason: "files" });
    }
  }
  for (const inner of children(group, "Group")) {
    const id = textOf(inner, "UUID");
    const isTrash = place.isTrash || (id !== "" && id === place.bin);
    collect(inner, { ...place, path: [...place.path, textOf(inner, "Name")], isTrash }, found);
  }
}

/** A named text of an entry. */
interface Said {
  name: string;
  text: string;
  isHidden: boolean;
}

const standard = ["Title", "UserName", "Password", "URL", "Notes"];
const authenticator = /^(otp|TOTP Seed|TOTP Settings|TimeOtp-(Secret(-Base32|-Hex|-Base64)?|Period|Length|Algorithm))$/;

function incomingOf(entry: XmlElement): { content: Content; hasFiles: boolean } {
  const said = saidIn(entry);
  const the = (name: string) => orNull(said.find((one) => one.name === name)?.text);
  const url = the("URL");
  const name = nameOf(the("Title") ?? "", url ?? "");
  const login = { username: the("UserName"), password: the("Password"), totp: totpOf(the) };
  const more = said.filter((one) => /^KP2A_URL/.test(one.name));
  const addresses = [url, ...more.map(({ text }) => text)].filter((one) => one !== null);
  const isLogin = addresses.length > 0 || Object.values(login).some(Boolean);
  // Of an authenticator that cannot be read, nothing is left out.
  const isUsed = ({ name: called }: Said) => login.totp !== null && authenticator.test(called);
  const rest = said.filter((one) => !standard.includes(one.name) && !isUsed(one) && !more.includes(one));
  const content = {
    ...(isLogin ? loginOf(name, login, addresses) : noteOf(name)),
    notes: the("Notes"),
    fields: rest.filter(({ text }) => text !== "").map((one) => fieldOf(one.name, one.text, one.isHidden)),
    passwordHistory: historyOf(entry, login.password),
  };
  return { content, hasFiles: children(entry, "Binary").length > 0 };
}

const saidIn = (entry: XmlElement): Said[] =>
  children(entry, "String").map((one) => {
    const value = child(one, "Value");
    const isHidden = /^true$/i.test(value?.attributes.ProtectInMemory ?? value?.attributes.Protected ?? "");
    return { name: textOf(one, "Key"), text: value?.text ?? "", isHidden };
  });

/** The secret of an authenticator in one of the ways in which KeePass, its plugins and KeePassXC write it. */
function totpOf(the: (name: string) => string | null): string | null {
  const otp = the("otp");
  if (otp && !/^key=/.test(otp)) return otp;
  const values = new URLSearchParams(otp ?? "");
  const secret = values.get("key") ?? the("TimeOtp-Secret-Base32") ?? otherSecretOf(the) ?? the("TOTP Seed");
  if (!secret) return null;
  const [step, size] = (the("TOTP Settings") ?? "").split(";");
  if (size === "S") return `steam://${secret}`;
  const period = values.get("step") ?? the("TimeOtp-Period") ?? step ?? "";
  const digits = values.get("size") ?? the("TimeOtp-Length") ?? size ?? "";
  const algorithm = (the("TimeOtp-Algorithm") ?? "").replace("HMAC-", "").replaceAll("-", "");
  const settings = { period: period === "30" ? "" : period, digits: digits === "6" ? "" : digits, algorithm };
  const said = Object.entries(settings).filter(([, value]) => /^\w+$/.test(value));
  if (said.length === 0) return secret;
  return `otpauth://totp/?${new URLSearchParams([["secret", secret], ...said])}`;
}

/** A secret that KeePass keeps in another form than Base32; null when there is none, or it is not in its form. */
function otherSecretOf(the: (name: string) => string | null): string | null {
  const plain = the("TimeOtp-Secret");
  const hex = the("TimeOtp-Secret-Hex")?.replace(/\s/g, "") ?? "";
  const base64 = the("TimeOtp-Secret-Base64");
  if (plain) return toBase32(utf8(plain));
  if (/^([0-9a-f]{2})+$/i.test(hex)) return toBase32(fromHex(hex));
  try {
    return base64 && toBase32(fromBase64(base64));
  } catch {
    return null;
  }
}

/** The passwords of earlier versions, the newest first, each once. */
function historyOf(entry: XmlElement, current: string | null): OldPassword[] {
  const versions = children(child(entry, "History"), "Entry").toReversed();
  const seen = new Set([current]);
  return versions.flatMap((version) => {
    const password = orNull(saidIn(version).find(({ name }) => name === "Password")?.text);
    if (!password || seen.has(password)) return [];
    seen.add(password);
    const changed = new Date(textOf(child(version, "Times"), "LastModificationTime"));
    return { password, lastUsedDate: (Number.isNaN(changed.getTime()) ? new Date(0) : changed).toISOString() };
  });
}

const children = (element: XmlElement | undefined, name: string): XmlElement[] =>
  (element?.children ?? []).filter((one): one is XmlElement => one instanceof XmlElement && one.name === name);

const child = (element: XmlElement | undefined, name: string): XmlElement | undefined => children(element, name)[0];

const textOf = (element: XmlElement | undefined, name: string): string => child(element, name)?.text.trim() ?? "";
