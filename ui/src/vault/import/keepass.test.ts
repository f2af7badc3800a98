import { expect, test } from "vitest";
import { WrongFile } from "./incoming.ts";
import { keepass } from "./keepass.ts";

const string = (key: string, value: string, isHidden = false) =>
  `<String><Key>${key}</Key><Value${isHidden ? ' ProtectInMemory="True"' : ""}>${value}</Value></String>`;

const file = `<?xml version="1.0" encoding="utf-8" standalone="yes"?>
<KeePassFile>
  <Meta><Generator>KeePass</Generator><RecycleBinEnabled>True</RecycleBinEnabled><RecycleBinUUID>bin==</RecycleBinUUID></Meta>
  <Root>
    <Group>
      <UUID>top==</UUID><Name>Database</Name>
      <Entry>
        <UUID>e0==</UUID>
        ${string("Title", "Bank &amp; Co")}${string("UserName", "ada")}${string("Password", "now &lt;3", true)}
        ${string("URL", "bank.example")}${string("Notes", "first\nsecond")}
        ${string("PIN", "1234", true)}${string("Branch", "Paris")}${string("Empty", "")}
        ${string("TimeOtp-Secret-Base32", "GEZDGNBVGY3TQOJQ", true)}${string("TimeOtp-Length", "8")}
        ${string("TimeOtp-Algorithm", "HMAC-SHA-256")}
        <Binary><Key>scan.pdf</Key><Value Ref="0" /></Binary>
        <Times><LastModificationTime>2026-01-01T00:00:00Z</LastModificationTime></Times>
        <History>
          <Entry>${string("Password", "first", true)}<Times><LastModificationTime>2024-01-01T00:00:00Z</LastModificationTime></Times></Entry>
          <Entry>${string("Password", "second", true)}<Times><LastModificationTime>2025-01-01T00:00:00Z</LastModificationTime></Times></Entry>
          <Entry>${string("Password", "now &lt;3", true)}<Times><LastModificationTime>2025-06-01T00:00:00Z</LastModificationTime></Times></Entry>
        </History>
      </Entry>
      <Group>
        <UUID>g0==</UUID><Name>Home</Name>
        <Group>
          <UUID>g1==</UUID><Name>Shops</Name>
          <Entry>
            ${string("Title", "")}${string("URL", "https://www.shop.example/")}${string("UserName", "ada")}
            ${string("otp", "otpauth://totp/x?secret=GEZDGNBVGY3TQOJQ", true)}${string("KP2A_URL_1", "https://m.shop.example")}
          </Entry>
          <Entry>${string("Title", "Just words")}${string("Notes", "Some words")}</Entry>
          <Entry>${string("Title", "Old plugin")}${string("otp", "key=GEZDGNBVGY3TQOJQ&amp;step=60&amp;size=6")}</Entry>
        </Group>
      </Group>
      <Group>
        <UUID>bin==</UUID><Name>Recycle Bin</Name>
        <Entry>${string("Title", "Thrown away")}${string("Password", "x", true)}</Entry>
      </Group>
    </Group>
  </Root>
</KeePassFile>`;

test("entries, in the folders that groups are, with fields, authenticator and history", () => {
  const { items, skipped } = keepass(file);
  expect(items.map(({ row, content, places }) => [row, content.type, content.name, places])).toEqual([
    [1, 1, "Bank & Co", []],
    [2, 1, "shop.example", ["Home/Shops"]],
    [3, 2, "Just words", ["Home/Shops"]],
    [4, 1, "Old plugin", ["Home/Shops"]],
  ]);
  expect(items[0]?.content).toMatchObject({
    notes: "first\nsecond",
    login: {
      username: "ada",
      password: "now <3",
      totp: "otpauth://totp/?secret=GEZDGNBVGY3TQOJQ&digits=8&algorithm=SHA256",
      uris: [{ uri: "https://bank.example", match: null }],
    },
    fields: [
      { type: 1, name: "PIN", value: "1234", linkedId: null },
      { type: 0, name: "Branch", value: "Paris", linkedId: null },
    ],
    passwordHistory: [
      { password: "second", lastUsedDate: "2025-01-01T00:00:00.000Z" },
      { password: "first", lastUsedDate: "2024-01-01T00:00:00.000Z" },
    ],
  });
  expect(items[1]?.content.login?.uris.map(({ uri }) => uri)).toEqual([
    "https://www.shop.example/",
    "https://m.shop.example",
  ]);
  expect(items[3]?.content.login?.totp).toBe("otpauth://totp/?secret=GEZDGNBVGY3TQOJQ&period=60");
  expect(skipped).toEqual([
    { row: 1, name: "Bank & Co", reason: "files" },
    { row: 5, name: "Thrown away", reason: "trash" },
  ]);
});

const entry = (...strings: string[]) =>
  keepass(
    `<KeePassFile><Root><Group><Name>Top</Name><Entry>${string("Title", "One")}${strings.join("")}</Entry></Group></Root></KeePassFile>`,
  ).items[0]?.content;

test.each([
  ["TimeOtp-Secret", "12345678901234567890"],
  ["TimeOtp-Secret-Hex", "3132333435363738 39303132333435363738 3930"],
  ["TimeOtp-Secret-Base64", "MTIzNDU2Nzg5MDEyMzQ1Njc4OTA="],
])("an authenticator whose secret is in %s", (name, value) => {
  const content = entry(string(name, value, true), string("TimeOtp-Period", "60"));
  expect(content?.login?.totp).toBe("otpauth://totp/?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&period=60");
  expect(content?.fields).toEqual([]);
});

test("an authenticator of Steam", () => {
  const content = entry(string("TOTP Seed", "GEZDGNBVGY3TQOJQ", true), string("TOTP Settings", "30;S"));
  expect(content?.login?.totp).toBe("steam://GEZDGNBVGY3TQOJQ");
  expect(content?.fields).toEqual([]);
});

test("what cannot be read of an authenticator stays as a field", () => {
  const content = entry(string("TimeOtp-Secret-Hex", "no digits", true), string("HmacOtp-Counter", "7"));
  expect(content?.fields).toEqual([
    { type: 1, name: "TimeOtp-Secret-Hex", value: "no digits", linkedId: null },
    { type: 0, name: "HmacOtp-Counter", value: "7", linkedId: null },
  ]);
});

test.each([
  "",
  "<html><body/></html>",
  "<KeePassFile><Root></Root></KeePassFile>",
  "<KeePassFile><Root><Group></Root></KeePassFile>",
  '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><KeePassFile><Root><Group><Entry>&e;</Entry></Group></Root></KeePassFile>',
  "<KeePassFile><Root><Group><Name>Empty</Name></Group></Root></KeePassFile>",
])("%s is refused", (text) => {
  expect(() => keepass(text)).toThrow(WrongFile);
});
