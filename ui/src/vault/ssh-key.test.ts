// @vitest-environment node
import { execFileSync } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { fingerprintOfLine, publicHalfOf } from "./ssh-key.ts";

test("the public half of a key is read without its passphrase, as OpenSSH writes it", async () => {
  const folder = mkdtempSync(join(tmpdir(), "coffre-key-"));
  try {
    for (const [n, kind] of ["ed25519", "rsa"].entries()) {
      const path = join(folder, kind);
      execFileSync("ssh-keygen", ["-q", "-t", kind, "-N", n ? "a passphrase" : "", "-C", "", "-f", path]);
      const line = readFileSync(`${path}.pub`, "utf8").trim();
      const [, fingerprint = ""] = execFileSync("ssh-keygen", ["-lf", path], { encoding: "utf8" }).split(" ");
      const half = await publicHalfOf(readFileSync(path, "utf8"));
      expect(half).toEqual({ publicKey: line, keyFingerprint: fingerprint });
      expect(await fingerprintOfLine(`${line} ada@forge`)).toBe(fingerprint);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("what is no key in that form has none", async () => {
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  expect(await publicHalfOf(privateKey.export({ type: "pkcs8", format: "pem" }) as string)).toBeUndefined();
  expect(await publicHalfOf("")).toBeUndefined();
  const broken = "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEA//8=\n-----END OPENSSH PRIVATE KEY-----";
  expect(await publicHalfOf(broken)).toBeUndefined();
  expect(await fingerprintOfLine("nothing")).toBeUndefined();
});
