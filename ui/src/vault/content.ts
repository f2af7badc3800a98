/** What items say, in plain text, with the names and numbers that Bitwarden's own exports use. */

export const types = { login: 1, note: 2, card: 3, identity: 4, sshKey: 5 } as const;
export type Type = (typeof types)[keyof typeof types];

/** One of several in an item. */
interface OneOfSeveral {
  /** Where it stood before the item was changed: what is not known of it here stays. */
  origin?: number | undefined;
}

export interface Uri extends OneOfSeveral {
  uri: string;
  /** 0 base domain, 1 host, 2 start, 3 exact, 4 regular expression, 5 never; null is what the person prefers. */
  match: number | null;
}

export interface Login {
  username: string | null;
  password: string | null;
  /** A key, or an otpauth: address. */
  totp: string | null;
  uris: Uri[];
}

export interface Card {
  cardholderName: string | null;
  brand: string | null;
  number: string | null;
  expMonth: string | null;
  expYear: string | null;
  code: string | null;
}

export interface Identity {
  title: string | null;
  firstName: string | null;
  middleName: string | null;
  lastName: string | null;
  address1: string | null;
  address2: string | null;
  address3: string | null;
  city: string | null;
  state: string | null;
  postalCode: string | null;
  country: string | null;
  company: string | null;
  email: string | null;
  phone: string | null;
  ssn: string | null;
  username: string | null;
  passportNumber: string | null;
  licenseNumber: string | null;
}

export interface SshKey {
  privateKey: string;
  publicKey: string;
  keyFingerprint: string;
}

export interface Field extends OneOfSeveral {
  /** 0 text, 1 hidden, 2 yes or no ("true", "false"), 3 the value of another member, which linkedId names. */
  type: number;
  name: string | null;
  value: string | null;
  linkedId: number | null;
}

/** A password that an item had before. */
export interface OldPassword extends OneOfSeveral {
  password: string;
  /** When it was replaced, in ISO 8601. */
  lastUsedDate: string;
}

/** All that a person writes into an item. Of login, card, identity and sshKey there is the one that type names. */
export interface Content {
  type: Type;
  name: string;
  notes: string | null;
  favorite: boolean;
  /** 1 asks for the master password before anything hidden is shown. */
  reprompt: 0 | 1;
  fields: Field[];
  passwordHistory: OldPassword[];
  login?: Login;
  card?: Card;
  identity?: Identity;
  sshKey?: SshKey;
}

/** The member that holds what only items of one type have. */
export const holders = { 1: "login", 3: "card", 4: "identity", 5: "sshKey" } as const;
export type Holder = (typeof holders)[keyof typeof holders];

/** The texts that each holds. */
export const members = {
  login: ["username", "password", "totp"],
  card: ["cardholderName", "brand", "number", "expMonth", "expYear", "code"],
  identity: [
    "title",
    "firstName",
    "middleName",
    "lastName",
    "address1",
    "address2",
    "address3",
    "city",
    "state",
    "postalCode",
    "country",
    "company",
    "email",
    "phone",
    "ssn",
    "username",
    "passportNumber",
    "licenseNumber",
  ],
  sshKey: ["privateKey", "publicKey", "keyFingerprint"],
} as const satisfies Record<Holder, readonly string[]>;
