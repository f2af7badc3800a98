import { expect, test, vi } from "vitest";
import type { Content } from "../../vault/content.ts";

// The worker cannot be started here, and nothing here needs a key.
vi.mock(import("../../crypto/remote.ts"), () => ({ startKeyring: vi.fn() }));
const { blank, compose } = await import("./compose.ts");

function form(values: [string, string][]): FormData {
  const data = new FormData();
  for (const [name, value] of values) data.append(name, value);
  return data;
}

const before: Content = {
  ...blank(1),
  name: "Forge",
  reprompt: 1,
  fields: [
    { type: 0, name: "Team", value: "Builders", linkedId: null },
    { type: 1, name: "Pin", value: "0420", linkedId: null },
  ],
  passwordHistory: [{ password: "old", lastUsedDate: "2024-01-01T00:00:00Z" }],
  login: { username: "ada", password: "secret", totp: "JBSW", uris: [{ uri: "https://a.example", match: 3 }] },
};

test("what a form says becomes an item", () => {
  const after = compose(
    form([
      ["name", "Foundry"],
      ["notes", ""],
      ["favorite", "on"],
      ["login.username", "grace"],
      ["login.password", "another"],
      ["login.totp", ""],
      ["uri", "https://b.example"],
      ["match", ""],
      ["uri", "  "],
      ["match", "1"],
      ["uri", "c.example"],
      ["match", "0"],
      ["field", "x"],
      ["field.x.type", "2"],
      ["field.x.name", "Staff"],
      ["field", "y"],
      ["field.y.type", "3"],
      ["field.y.name", "User"],
      ["field.y.linked", "100"],
    ]),
    before,
  );
  expect(after).toEqual({
    ...before,
    name: "Foundry",
    notes: null,
    favorite: true,
    reprompt: 0,
    fields: [
      { type: 2, name: "Staff", value: "false", linkedId: null },
      { type: 3, name: "User", value: null, linkedId: 100 },
    ],
    login: {
      username: "grace",
      password: "another",
      totp: null,
      uris: [
        { uri: "https://b.example", match: null },
        { uri: "c.example", match: 0 },
      ],
    },
  });
});

test("a secret for which the form does not ask stays", () => {
  const after = compose(
    form([
      ["name", "Forge"],
      ["login.username", "ada"],
      ["field", "0"],
      ["field.0.type", "1"],
      ["field.0.name", "Pin code"],
      ["field.0.origin", "1"],
    ]),
    before,
  );
  expect(after.login).toMatchObject({ password: "secret", totp: "JBSW" });
  expect(after.fields).toEqual([{ type: 1, name: "Pin code", value: "0420", linkedId: null }]);
});

test("lines that an input cannot show stay, unless what stands in them was changed", () => {
  const lines: Content = {
    ...before,
    fields: [
      { type: 0, name: "Address", value: "1 Rue\nParis", linkedId: null },
      { type: 1, name: "Codes", value: "one\r\ntwo", linkedId: null },
    ],
    login: { ...before.login, username: "ada", password: "a\nb", totp: "JBSW\n", uris: [] },
  };
  const values = (codes: string): [string, string][] => [
    ["name", "Forge"],
    ["login.password", "ab"],
    ["login.totp", "JBSW"],
    ["field", "0"],
    ["field.0.type", "0"],
    ["field.0.name", "Address"],
    ["field.0.value", "1 RueParis"],
    ["field.0.origin", "0"],
    ["field", "1"],
    ["field.1.type", "1"],
    ["field.1.name", "Codes"],
    ["field.1.value", codes],
    ["field.1.origin", "1"],
  ];
  const same = compose(form(values("onetwo")), lines);
  expect(same.fields).toEqual(lines.fields);
  expect(same.login).toEqual(lines.login);
  expect(compose(form(values("three")), lines).fields[1]?.value).toBe("three");
  expect(compose(form(values("")), lines).fields[1]?.value).toBeNull();
});

test("what nobody here knows of a website or a field stays with it, however they are moved", () => {
  const future = (of: string) => ({ future: of, linkedId: 7 });
  const newer: Content = {
    ...before,
    fields: before.fields.map((field, origin) => ({ ...field, ...future(`field ${origin}`), origin })),
    login: {
      ...before.login,
      ...{ username: "ada", password: "secret", totp: null },
      uris: ["https://a.example", " b.example\n", "c.example"].map((uri, origin) => ({
        ...{ uri, match: 9, origin },
        ...future(`website ${origin}`),
      })),
    },
  };
  const after = compose(
    form([
      ["name", "Forge"],
      ...["2 d.example", "1  b.example", " e.example"].flatMap((row): [string, string][] => [
        ["uriOrigin", row.slice(0, 1).trim()],
        ["uri", row.slice(row.startsWith(" ") ? 1 : 2)],
        ["match", "9"],
      ]),
      ["field", "x"],
      ["field.x.type", "1"],
      ["field.x.name", "Pin code"],
      ["field.x.origin", "1"],
      ["field", "y"],
      ["field.y.type", "0"],
      ["field.y.name", "New"],
      ["field.y.value", "one"],
    ]),
    newer,
  );
  expect(after.login?.uris).toEqual([
    { uri: "d.example", match: 9, origin: 2, future: "website 2", linkedId: 7 },
    { uri: " b.example\n", match: 9, origin: 1, future: "website 1", linkedId: 7 },
    { uri: "e.example", match: 9 },
  ]);
  expect(after.fields).toEqual([
    { ...newer.fields[1], name: "Pin code" },
    { type: 0, name: "New", value: "one", linkedId: null },
  ]);
});

test("the lines of a key are what the person makes of them", () => {
  const key: Content = { ...blank(5), sshKey: { privateKey: "a\nb", publicKey: "c", keyFingerprint: "d" } };
  const after = compose(
    form([
      ["name", "Server"],
      ["sshKey.privateKey", "ab"],
    ]),
    key,
  );
  expect(after.sshKey).toEqual({ privateKey: "ab", publicKey: "c", keyFingerprint: "d" });
});

test("an SSH key without a part has an empty one", () => {
  expect(compose(form([["name", "Server"]]), blank(5)).sshKey).toEqual({
    privateKey: "",
    publicKey: "",
    keyFingerprint: "",
  });
});
