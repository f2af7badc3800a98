import { expect, test } from "vitest";
import { chrome, firefox } from "./browsers.ts";
import { WrongFile } from "./incoming.ts";

test("Chrome: a login for each line, with its note", () => {
  const { items, skipped } = chrome(
    [
      "name,url,username,password,note",
      'shop.example,https://shop.example/login,ada@home.example,"a ""quoted"", password","two',
      'lines"',
      "",
      ",https://www.bank.example/,ada,secret,",
      ",android://c0ffee==@com.example.app/,ada,secret,",
    ].join("\r\n"),
  );
  expect(skipped).toEqual([]);
  expect(items).toHaveLength(3);
  expect(items[0]).toMatchObject({
    row: 2,
    places: [],
    content: {
      type: 1,
      name: "shop.example",
      notes: "two\r\nlines",
      login: {
        username: "ada@home.example",
        password: 'a "quoted", password',
        totp: null,
        uris: [{ uri: "https://shop.example/login", match: null }],
      },
    },
  });
  expect(items[1]?.content).toMatchObject({ name: "bank.example", notes: null });
  expect(items[2]?.content.login?.uris).toEqual([{ uri: "androidapp://com.example.app", match: null }]);
});

test("Firefox: a login for each line, without the account of the browser", () => {
  const { items, skipped } = firefox(
    [
      '"url","username","password","httpRealm","formActionOrigin","guid","timeCreated","timeLastUsed","timePasswordChanged"',
      '"https://mail.example","ada","secret","","https://mail.example","{0f}","1700000000000","1700000000000","1700000000000"',
      '"https://router.example","admin","secret","Router at home",,"{10}","1700000000000","1700000000000","1700000000000"',
      '"chrome://FirefoxAccounts","c0ffee","{}","Firefox Accounts credentials",,"{11}","1","1","1"',
    ].join("\n"),
  );
  expect(items.map(({ content }) => [content.name, content.login?.username, content.notes])).toEqual([
    ["mail.example", "ada", null],
    ["router.example", "admin", "Router at home"],
  ]);
  expect(skipped).toEqual([{ row: 4, name: "chrome://FirefoxAccounts", reason: "browser" }]);
});

test("a table without the headings, or with a quotation mark that is never closed, is refused", () => {
  expect(() => chrome("name,address\nx,y\n")).toThrow(WrongFile);
  expect(() => chrome('name,url,username,password\nx,https://x.example,ada,"secret\n')).toThrow(WrongFile);
  expect(() => firefox("url,username,password\na,b,c\n")).toThrow(WrongFile);
});
