import { type Bytes, base32 } from "./bytes.ts";
import { Unreadable } from "./encstring.ts";

/** What an authenticator shows at an instant, and for how many seconds each of its codes holds. */
export interface Code {
  code: string;
  period: number;
}

/** How a secret becomes codes. */
interface Rule {
  key: Bytes;
  hash: "SHA-1" | "SHA-256" | "SHA-512";
  period: number;
  /** Writes the code of a number below 2³¹. */
  write: (number: number) => string;
}

const hashes = { SHA1: "SHA-1", SHA256: "SHA-256", SHA512: "SHA-512" } as const;
const steamLetters = "23456789BCDFGHJKMNPQRTVWXY";
const mostDigits = 10;

/**
 * The code of RFC 6238 at an instant in milliseconds. The secret is a key in Base32, an otpauth: address, or a
 * steam: address, whose codes are letters. Throws Unreadable for anything else.
 */
export async function totp(secret: string, at: number): Promise<Code> {
  const { key, hash, period, write } = ruleOf(secret.trim());
  const step = new DataView(new ArrayBuffer(8));
  step.setBigUint64(0, BigInt(Math.floor(at / 1_000 / period)));
  const hmac = await crypto.subtle.importKey("raw", key, { name: "HMAC", hash }, false, ["sign"]);
  const sum = new DataView(await crypto.subtle.sign("HMAC", hmac, step.buffer));
  const number = sum.getUint32(sum.getUint8(sum.byteLength - 1) & 0xf) & 0x7fffffff;
  return { code: write(number), period };
}

function ruleOf(secret: string): Rule {
  if (/^otpauth:/i.test(secret)) return ruleOfAddress(secret);
  const [, steam] = /^steam:\/\/(.*)$/i.exec(secret) ?? [];
  return { key: keyOf(steam ?? secret), hash: "SHA-1", period: 30, write: steam === undefined ? digits(6) : letters };
}

function ruleOfAddress(secret: string): Rule {
  const [, kind, query = ""] = /^otpauth:\/\/([^/?]+)[^?]*\??(.*)$/i.exec(secret) ?? [];
  const values = new URLSearchParams(query.replaceAll("+", "%2B"));
  const hash = hashes[(values.get("algorithm") || "SHA1").replace("-", "").toUpperCase() as keyof typeof hashes];
  const count = Number(values.get("digits") || 6);
  const period = Number(values.get("period") || 30);
  const isCount = Number.isInteger(count) && count > 0 && count <= mostDigits;
  if (kind?.toLowerCase() !== "totp" || !hash || !isCount || !Number.isInteger(period) || period < 1)
    throw new Unreadable();
  return { key: keyOf(values.get("secret") ?? ""), hash, period, write: digits(count) };
}

const digits = (count: number) => (number: number) => String(number % 10 ** count).padStart(count, "0");

function letters(number: number): string {
  let rest = number;
  return Array.from({ length: 5 }, () => {
    const letter = steamLetters.charAt(rest % steamLetters.length);
    rest = Math.floor(rest / steamLetters.length);
    return letter;
  }).join("");
}

/** The bytes of a key as people copy it: in groups, in small letters, padded or not. */
function keyOf(text: string): Bytes {
  const plain = text.replace(/[\s-]/g, "").replace(/=+$/, "").toUpperCase();
  if (!/^[A-Z2-7]{2,}$/.test(plain)) throw new Unreadable();
  const bytes = new Uint8Array(Math.floor((plain.length * 5) / 8));
  let held = 0;
  let bits = 0;
  let at = 0;
  for (const letter of plain) {
    held = ((held << 5) | base32.indexOf(letter)) & 0xfff;
    bits += 5;
    if (bits < 8) continue;
    bits -= 8;
    bytes[at++] = held >> bits;
  }
  return bytes;
}
