// @vitest-environment node
import { expect, test } from "vitest";
import { Unreadable } from "./encstring.ts";
import { Keyring } from "./keyring.ts";
import { totp } from "./totp.ts";

// The seeds of RFC 6238, appendix B: "1234567890" again and again, as long as the hash, in Base32.
const seeds = {
  SHA1: "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ",
  SHA256: "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZA====",
  SHA512: "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZDGNA=",
};

test.each([
  [59, "94287082", "46119246", "90693936"],
  [1111111109, "07081804", "68084774", "25091201"],
  [1111111111, "14050471", "67062674", "99943326"],
  [1234567890, "89005924", "91819424", "93441116"],
  [2000000000, "69279037", "90698825", "38618901"],
  [20000000000, "65353130", "77737706", "47863826"],
])("the codes of RFC 6238 at %d", async (second, ...codes) => {
  for (const [n, [algorithm, secret]] of Object.entries(seeds).entries()) {
    const address = `otpauth://totp/RFC:ada@example.com?secret=${secret}&algorithm=${algorithm}&digits=8`;
    expect(await totp(address, second * 1_000), algorithm).toEqual({ code: codes[n], period: 30 });
  }
});

test("a plain key is six digits of SHA-1, however it was copied", async () => {
  for (const secret of [
    seeds.SHA1,
    "gezd gnbv gy3t qojq gezd gnbv gy3t qojq",
    ` ${seeds.SHA1.replace(/(.{8})/g, "$1-")} `,
  ])
    expect(await new Keyring().totp(secret, 59_000)).toEqual({ code: "287082", period: 30 });
});

test("an address may name another period", async () => {
  const address = `otpauth://totp/x?secret=${seeds.SHA1}&period=60&digits=8`;
  expect(await totp(address, 119_000)).toEqual({ code: "94287082", period: 60 });
});

test("Steam shows five letters", async () => {
  // 137359152 is the number of which RFC 4226 shows the last six digits as 359152: HOTP of the seed at counter 2.
  expect(await totp(`steam://${seeds.SHA1}`, 60_000)).toEqual({ code: "B26KJ", period: 30 });
});

test.each([
  "",
  "rubbish!",
  "A",
  "01890189",
  "steam://",
  "otpauth://hotp/x?secret=GEZDGNBVGY3TQOJQ&counter=1",
  "otpauth://totp/x",
  "otpauth://totp/x?secret=GEZDGNBVGY3TQOJQ&algorithm=MD5",
  "otpauth://totp/x?secret=GEZDGNBVGY3TQOJQ&digits=0",
  "otpauth://totp/x?secret=GEZDGNBVGY3TQOJQ&period=-30",
  "https://vault.example",
])("%j is no secret of an authenticator", async (secret) => {
  await expect(totp(secret, 0)).rejects.toThrow(Unreadable);
});
