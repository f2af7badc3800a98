import { expect, test } from "vitest";
import { cardOf, type Incoming, loginOf, noteOf } from "./incoming.ts";
import { detect } from "./read.ts";
import { placesOf } from "./send.ts";
import { overLimit, sealedLength, settle } from "./settle.ts";

const incoming = (row: number, content: Incoming["content"], ...places: string[]): Incoming => ({
  row,
  content,
  places,
});

test("what says nothing, and what is too long for the server, is left out with a reason", () => {
  const words = (count: number) => "x".repeat(count);
  const { items, skipped } = settle({
    items: [
      incoming(1, loginOf("", {}, [])),
      incoming(2, loginOf("", { username: "ada" }, [])),
      incoming(3, { ...noteOf("Long"), notes: words(8_000) }),
      incoming(4, { ...noteOf("Not too long"), notes: words(7_000) }),
      incoming(5, loginOf("Long", { password: words(4_000) }, [])),
      incoming(6, cardOf("Folder", {}), words(800)),
    ],
    skipped: [
      { row: 4, name: "Not too long", reason: "files" },
      { row: 3, name: "Long", reason: "files" },
    ],
  });
  expect(items.map(({ row, content }) => [row, content.name])).toEqual([
    [2, "ada"],
    [4, "Not too long"],
  ]);
  expect(skipped.map(({ row, reason }) => [row, reason])).toEqual([
    [1, "empty"],
    [3, "long"],
    [4, "files"],
    [5, "long"],
    [6, "long"],
  ]);
});

test("how long a text will be is known before it is encrypted", () => {
  // 16 letters fill a block, and the padding takes another: 24 for the vector, 44 for the data, 44 for the code.
  expect(sealedLength("x".repeat(16))).toBe(2 + 24 + 1 + 44 + 1 + 44);
  expect(sealedLength("é".repeat(7))).toBe(2 + 24 + 1 + 24 + 1 + 44);
});

test("the limits of the server are known before anything is sent", () => {
  const found = { items: [1, 2, 3].map((row) => incoming(row, noteOf("x"), `a${row}`, "b")), skipped: [] };
  const limits = { items: 3, relations: 6, places: 4 };
  expect(overLimit(found, limits, true)).toBeUndefined();
  expect(overLimit(found, { ...limits, items: 2 }, true)).toBe("items");
  expect(overLimit(found, { ...limits, relations: 5 }, true)).toBe("relations");
  expect(overLimit(found, { ...limits, places: 3 }, true)).toBe("places");
  expect(overLimit(found, { ...limits, relations: 3, places: 3 }, false)).toBeUndefined();
});

test("an item lies in one folder, or in each of its collections", () => {
  const items = [incoming(1, noteOf("a"), "x", "y", "x"), incoming(2, noteOf("b")), incoming(3, noteOf("c"), "y")];
  expect(placesOf(items, false)).toEqual({
    names: ["x", "y"],
    relations: [
      { key: 0, value: 0 },
      { key: 2, value: 1 },
    ],
  });
  expect(placesOf(items, true).relations).toEqual([
    { key: 0, value: 0 },
    { key: 0, value: 1 },
    { key: 2, value: 1 },
  ]);
});

test.each([
  ["bitwardenJson", '\ufeff{"encrypted":false}'],
  [
    "bitwardenCsv",
    "folder,favorite,type,name,notes,fields,reprompt,login_uri,login_username,login_password,login_totp",
  ],
  ["keepass", '<?xml version="1.0"?><KeePassFile/>'],
  ["chrome", "name,url,username,password,note"],
  ["firefox", '"url","username","password","httpRealm","formActionOrigin","guid"'],
  ["onePasswordCsv", "Title,Url,Username,Password,OTPAuth,Favorite,Archived,Tags,Notes"],
  ["onePassword", "PK\u0003\u0004"],
  [undefined, "something else"],
  [undefined, ""],
])("a file looks like what it is: %s", (format, text) => {
  expect(detect(new TextEncoder().encode(text))).toBe(format);
});
