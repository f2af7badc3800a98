import { expect, test } from "vitest";
import { bitwardenCsv } from "./bitwarden-csv.ts";
import { WrongFile } from "./incoming.ts";

test("the table of a person", () => {
  const { items, skipped } = bitwardenCsv(
    [
      "folder,favorite,type,name,notes,fields,reprompt,login_uri,login_username,login_password,login_totp",
      'Home/Banks,1,login,Bank,"first\nsecond","PIN: 1234\nHint: a: b\nand more",1,"https://bank.example,https://login.bank.example/a,b",ada,secret,GEZDGNBVGY3TQOJQ',
      ",,note,A note,Some words,,,,,,",
      ",,card,Something newer,,,,,,,",
    ].join("\n"),
  );
  expect(items).toEqual([
    {
      row: 2,
      places: ["Home/Banks"],
      content: {
        type: 1,
        name: "Bank",
        notes: "first\nsecond",
        favorite: true,
        reprompt: 1,
        fields: [
          { type: 0, name: "PIN", value: "1234", linkedId: null },
          { type: 0, name: "Hint", value: "a: b\nand more", linkedId: null },
        ],
        passwordHistory: [],
        login: {
          username: "ada",
          password: "secret",
          totp: "GEZDGNBVGY3TQOJQ",
          uris: [
            { uri: "https://bank.example", match: null },
            { uri: "https://login.bank.example/a,b", match: null },
          ],
        },
      },
    },
    {
      row: 3,
      places: [],
      content: {
        type: 2,
        name: "A note",
        notes: "Some words",
        favorite: false,
        reprompt: 0,
        fields: [],
        passwordHistory: [],
      },
    },
  ]);
  expect(skipped).toEqual([{ row: 4, name: "Something newer", reason: "foreign" }]);
});

test("the table of an organization names collections", () => {
  const { items } = bitwardenCsv(
    [
      "collections,type,name,notes,fields,reprompt,login_uri,login_username,login_password,login_totp",
      '"Sites,Paris",login,Door,,,0,,,1234,',
    ].join("\n"),
  );
  expect(items[0]?.places).toEqual(["Sites", "Paris"]);
});

test.each([
  ["shop.example,forge.example:8443/a", ["https://shop.example", "https://forge.example:8443/a"]],
  ["https://shop.example, forge.example", ["https://shop.example", "https://forge.example"]],
  ["https://shop.example/a,b.html,http://forge.example", ["https://shop.example/a,b.html", "http://forge.example"]],
])("the addresses in %s", (cell, uris) => {
  const { items } = bitwardenCsv(
    `folder,type,name,login_uri,login_username,login_password\n,login,Shop,"${cell}",ada,secret`,
  );
  expect(items[0]?.content).toMatchObject({ login: { uris: uris.map((uri) => ({ uri })) } });
});

test("another table, or an empty one, is refused", () => {
  expect(() => bitwardenCsv("type,name\nlogin,x\n")).toThrow(WrongFile);
  expect(() => bitwardenCsv("folder,favorite,type,name,notes,fields,login_username,login_password\n")).toThrow(
    WrongFile,
  );
});
