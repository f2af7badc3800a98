// @vitest-environment node
import { strToU8, zipSync } from "fflate";
import { expect, test } from "vitest";
import { WrongFile } from "./incoming.ts";
import { onePassword, onePasswordCsv } from "./onepassword.ts";

const attrs = { uuid: "v", desc: "", avatar: "", name: "Personal", type: "P" };

const login = {
  uuid: "fkruyzrldvizuqlnavfj3gltfe",
  favIndex: 1,
  createdAt: 1_614_298_956,
  updatedAt: 1_635_346_445,
  state: "active",
  categoryUuid: "001",
  details: {
    loginFields: [
      { value: "ada", id: "", name: "username", fieldType: "T", designation: "username" },
      { value: "secret", id: "", name: "password", fieldType: "P", designation: "password" },
      { value: "1234", id: "pin", name: "pin", fieldType: "P" },
      { value: "", id: "stay", name: "stay", fieldType: "C" },
    ],
    notesPlain: "Some words",
    sections: [
      {
        title: "Security",
        name: "Section_1",
        fields: [
          { title: "one-time password", id: "TOTP_1", value: { totp: "otpauth://totp/x?secret=GEZDGNBVGY3TQOJQ" } },
          { title: "recovery", id: "a", value: { concealed: "r3c0v3ry" } },
          { title: "since", id: "b", value: { date: 1_617_278_400 } },
          { title: "contact", id: "c", value: { email: { email_address: "help@shop.example", provider: null } } },
          { title: "empty", id: "d", value: { string: "" } },
          { title: "receipt", id: "e", value: { file: { fileName: "r.pdf", documentId: "x" } } },
        ],
      },
    ],
    passwordHistory: [{ value: "before", time: 1_447_777_777 }],
  },
  overview: {
    title: "Shop",
    url: "https://shop.example",
    urls: [
      { label: "website", url: "https://shop.example" },
      { label: "", url: "https://m.shop.example" },
    ],
    tags: ["home/shops"],
  },
};

const fields = (values: Record<string, Record<string, unknown>>) => ({
  sections: [{ title: "", name: "", fields: Object.entries(values).map(([id, value]) => ({ title: id, id, value })) }],
});

const card = {
  categoryUuid: "002",
  details: fields({
    cardholder: { string: "Ada Lovelace" },
    type: { creditCardType: "mc" },
    ccnum: { creditCardNumber: "5555555555554444" },
    cvv: { concealed: "123" },
    expiry: { monthYear: 202_703 },
    pin: { concealed: "9876" },
  }),
  overview: { title: "Card" },
};

const identity = {
  categoryUuid: "004",
  details: fields({
    firstname: { string: "Ada" },
    lastname: { string: "Lovelace" },
    address: { address: { street: "1 Main St", city: "Paris", country: "fr", zip: "75001", state: "" } },
    defphone: { phone: "+33 1" },
    website: { url: "https://ada.example" },
  }),
  overview: { title: "Me" },
};

const sshKey = {
  categoryUuid: "114",
  details: fields({
    private_key: {
      sshKey: {
        privateKey: "-----BEGIN",
        metadata: { privateKey: "-----BEGIN", publicKey: "ssh-ed25519 AAAA", fingerprint: "SHA256:x" },
      },
    },
  }),
  overview: { title: "Key" },
};

const document = {
  categoryUuid: "006",
  details: { documentAttributes: { fileName: "a.pdf" } },
  overview: { title: "Scan" },
};

const pack = (data: unknown) =>
  zipSync({
    "export.attributes": strToU8('{"version":3}'),
    "export.data": strToU8(JSON.stringify(data)),
    "files/x__r.pdf": strToU8("%PDF"),
  });

test("the whole export: each kind, with what 1Password lets people add", () => {
  const vaults = [
    { attrs, items: [login, card, identity] },
    { attrs: { ...attrs, name: "Work" }, items: [sshKey, document] },
  ];
  const { items, skipped } = onePassword(pack({ accounts: [{ attrs: {}, vaults }] }));
  expect(items.map(({ row, content, places }) => [row, content.type, content.name, places])).toEqual([
    [1, 1, "Shop", ["home/shops"]],
    [2, 3, "Card", ["Personal"]],
    [3, 4, "Me", ["Personal"]],
    [4, 5, "Key", ["Work"]],
    [5, 2, "Scan", ["Work"]],
  ]);
  const [first, second, third, fourth] = items.map(({ content }) => content);
  expect(first).toMatchObject({
    favorite: true,
    notes: "Some words",
    login: {
      username: "ada",
      password: "secret",
      totp: "otpauth://totp/x?secret=GEZDGNBVGY3TQOJQ",
      uris: [
        { uri: "https://shop.example", match: null },
        { uri: "https://m.shop.example", match: null },
      ],
    },
    passwordHistory: [{ password: "before", lastUsedDate: "2015-11-17T16:29:37.000Z" }],
  });
  expect(first?.fields.map(({ name, value, type }) => [name, value, type])).toEqual([
    ["pin", "1234", 1],
    ["recovery", "r3c0v3ry", 1],
    ["since", "2021-04-01", 0],
    ["contact", "help@shop.example", 0],
  ]);
  expect(second?.card).toEqual({
    cardholderName: "Ada Lovelace",
    brand: "Mastercard",
    number: "5555555555554444",
    expMonth: "3",
    expYear: "2027",
    code: "123",
  });
  expect(second?.fields).toEqual([{ type: 1, name: "pin", value: "9876", linkedId: null }]);
  expect(third?.identity).toMatchObject({ firstName: "Ada", address1: "1 Main St", country: "FR", phone: "+33 1" });
  expect(third?.fields).toEqual([{ type: 0, name: "website", value: "https://ada.example", linkedId: null }]);
  expect(fourth?.sshKey).toEqual({
    privateKey: "-----BEGIN",
    publicKey: "ssh-ed25519 AAAA",
    keyFingerprint: "SHA256:x",
  });
  expect(skipped).toEqual([
    { row: 1, name: "Shop", reason: "files" },
    { row: 5, name: "Scan", reason: "files" },
  ]);
});

test("the table, of 1Password and of Safari", () => {
  const { items } = onePasswordCsv(
    [
      "Title,Url,Username,Password,OTPAuth,Favorite,Archived,Tags,Notes",
      'Shop,https://shop.example,ada,secret,otpauth://totp/x?secret=GEZDGNBVGY3TQOJQ,true,false,home;shops,"a\nb"',
    ].join("\n"),
  );
  expect(items[0]).toMatchObject({
    places: ["home"],
    content: { name: "Shop", favorite: true, notes: "a\nb", login: { username: "ada", password: "secret" } },
  });
  const safari = onePasswordCsv(
    "Title,URL,Username,Password,Notes,OTPAuth\nShop (ada),https://shop.example/,ada,x,,\n",
  );
  expect(safari.items[0]?.content).toMatchObject({ name: "Shop (ada)", notes: null, login: { totp: null } });
});

test.each([
  ["form", strToU8("PK nothing")],
  ["form", zipSync({ other: strToU8("x") })],
  ["form", pack({ accounts: 5 })],
  ["empty", pack({ accounts: [{ vaults: [] }] })],
])("another archive, and what is none, is refused: %s", (fault, bytes) => {
  expect(() => onePassword(bytes)).toThrow(new WrongFile(fault as "form"));
});
