import type { Card, Content, Field, Identity } from "../content.ts";
import { cardOf, fieldOf, identityOf, loginOf, nameOf, noteOf, orNull } from "./incoming.ts";

// What an item of 1Password's export says, as far as it matters here.

export interface Item {
  favIndex?: number;
  categoryUuid?: string;
  details?: {
    loginFields?: { value?: string; name?: string; fieldType?: string; designation?: string }[];
    notesPlain?: string;
    password?: string;
    sections?: { title?: string; fields?: SectionField[] }[];
    passwordHistory?: { value?: string; time?: number }[];
    documentAttributes?: unknown;
  };
  overview?: { title?: string; url?: string; urls?: { url?: string }[]; tags?: string[] };
}

interface SectionField {
  id?: string;
  title?: string;
  /** One member, whose name is the kind of the value. */
  value?: Record<string, unknown>;
}

/** A field with its value as text. */
interface Said {
  id: string;
  name: string;
  kind: string;
  text: string;
  raw: unknown;
}

const categories = {
  login: ["001", "005", "102", "109", "110", "111", "112"],
  card: ["002"],
  identity: ["004"],
  sshKey: ["114"],
};

/** An item as this vault knows it. Each field of 1Password's that has no place of its own becomes one of the person's. */
export function incomingOf(item: Item): { content: Content; hasFiles: boolean } {
  const { details = {}, overview = {}, categoryUuid = "" } = item;
  const said = (details.sections ?? []).flatMap(({ fields }) => (fields ?? []).flatMap(saidOf));
  const kind = Object.entries(categories).find(([, numbers]) => numbers.includes(categoryUuid))?.[0];
  const name = nameOf(overview.title, overview.url);
  const { content, rest } = kinds[kind as keyof typeof kinds]?.(name, item, said) ?? {
    content: noteOf(name),
    rest: said,
  };
  return {
    content: {
      ...content,
      notes: orNull(details.notesPlain),
      favorite: (item.favIndex ?? 0) > 0,
      fields: [...content.fields, ...rest.filter(({ kind }) => kind !== "file").map(ownField)],
      passwordHistory: (details.passwordHistory ?? []).flatMap(({ value, time }) =>
        value ? [{ password: value, lastUsedDate: new Date((time ?? 0) * 1_000).toISOString() }] : [],
      ),
    },
    hasFiles: details.documentAttributes !== undefined || said.some(({ kind: one }) => one === "file"),
  };
}

interface Made {
  content: Content;
  rest: Said[];
}

const kinds = {
  login(name: string, { details, overview }: Item, said: Said[]): Made {
    const fields = details?.loginFields ?? [];
    const designated = (what: string) => orNull(fields.find(({ designation }) => designation === what)?.value);
    const username = designated("username") ?? taken(said, "username", "admin_console_username");
    const password = designated("password") ?? orNull(details?.password) ?? taken(said, "password", "credential");
    const totp = said.find((one) => one.kind === "totp");
    const addresses = [overview?.url, ...(overview?.urls ?? []).map(({ url }) => url), taken(said, "url", "hostname")];
    const content: Content = loginOf(
      name,
      { username, password, totp: totp?.text ?? null },
      [...new Set(addresses.filter((url) => url !== undefined && url !== null))].filter(Boolean),
    );
    content.fields = fields.flatMap(({ value, name: own = "", fieldType, designation }) =>
      value && !designation ? [fieldOf(own, value, fieldType === "P")] : [],
    );
    const used = new Set([username, password, ...addresses]);
    const ids = ["username", "password", "url", "hostname", "credential", "admin_console_username"];
    return { content, rest: said.filter((one) => one !== totp && !(ids.includes(one.id) && used.has(one.text))) };
  },

  card(name: string, _: Item, said: Said[]): Made {
    const expiry = said.find(({ id }) => id === "expiry")?.text ?? "";
    const card: Partial<Card> = {
      cardholderName: taken(said, "cardholder"),
      brand: brandOf(taken(said, "type")),
      number: taken(said, "ccnum"),
      code: taken(said, "cvv"),
      expYear: orNull(expiry.slice(0, 4)),
      expMonth: orNull(expiry.slice(5).replace(/^0/, "")),
    };
    return { content: cardOf(name, card), rest: without(said, "cardholder", "type", "ccnum", "cvv", "expiry") };
  },

  identity(name: string, _: Item, said: Said[]): Made {
    const address = said.find(({ kind }) => kind === "address");
    const where = (address?.raw ?? {}) as Record<string, unknown>;
    const identity: Partial<Identity> = {
      firstName: taken(said, "firstname"),
      middleName: taken(said, "initial"),
      lastName: taken(said, "lastname"),
      address1: orNull(where.street),
      city: orNull(where.city),
      state: orNull(where.state),
      postalCode: orNull(where.zip),
      country: orNull(where.country)?.toUpperCase() ?? null,
      company: taken(said, "company"),
      email: taken(said, "email"),
      phone: taken(said, "defphone", "cellphone", "homephone"),
      username: taken(said, "username"),
    };
    const used = new Set(Object.values(identity));
    return { content: identityOf(name, identity), rest: said.filter((one) => one !== address && !used.has(one.text)) };
  },

  sshKey(name: string, _: Item, said: Said[]): Made {
    const key = said.find(({ kind }) => kind === "sshKey");
    const raw = (key?.raw ?? {}) as { privateKey?: string; metadata?: Record<string, unknown> };
    const { metadata = {} } = raw;
    const sshKey = {
      privateKey: orNull(raw.privateKey) ?? orNull(metadata.privateKey) ?? "",
      publicKey: orNull(metadata.publicKey) ?? "",
      keyFingerprint: orNull(metadata.fingerprint) ?? "",
    };
    return { content: { ...noteOf(name), type: 5, sshKey }, rest: said.filter((one) => one !== key) };
  },
};

/** The first value of the fields with these identifiers. */
const taken = (said: Said[], ...ids: string[]): string | null =>
  orNull(ids.map((id) => said.find((one) => one.id === id)?.text).find(Boolean));

const without = (said: Said[], ...ids: string[]): Said[] => said.filter(({ id }) => !ids.includes(id));

const brands: Record<string, string> = { mc: "Mastercard", visa: "Visa", amex: "Amex", discover: "Discover" };

const brandOf = (type: string | null): string | null => (type === null ? null : (brands[type] ?? type));

const hidden = ["concealed", "totp", "creditCardNumber", "sshKey"];

const ownField = ({ name, text, kind }: Said): Field => fieldOf(name, text, hidden.includes(kind));

function saidOf({ id = "", title = "", value = {} }: SectionField): Said[] {
  const [[kind, raw] = ["", ""]] = Object.entries(value);
  const text = textOf(kind, raw);
  return text === "" ? [] : [{ id, name: title || id, kind, text, raw }];
}

function textOf(kind: string, raw: unknown): string {
  if (kind === "file") return "file";
  if (typeof raw === "string") return raw;
  if (typeof raw === "number") return numberOf(kind, raw);
  if (!raw || typeof raw !== "object") return "";
  const { email_address: email } = raw as { email_address?: unknown };
  if (kind === "email") return typeof email === "string" ? email : "";
  const texts = Object.values(raw).filter((one): one is string => typeof one === "string" && one !== "");
  return texts.join(", ");
}

/** A date is the seconds since 1970, and a month the number 202712. */
function numberOf(kind: string, number: number): string {
  if (kind === "date") return new Date(number * 1_000).toISOString().slice(0, 10);
  if (kind === "monthYear") return `${Math.floor(number / 100)}-${String(number % 100).padStart(2, "0")}`;
  return String(number);
}
