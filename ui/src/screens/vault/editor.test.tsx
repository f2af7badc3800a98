import { cleanup, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, beforeAll, expect, test } from "vitest";
import { startText } from "../../text/t.ts";
import { type Content, types } from "../../vault/content.ts";
import { blank, compose } from "./compose.ts";
import { FieldRows } from "./editor-fields.tsx";
import { TypeFields } from "./editor-types.tsx";

beforeAll(startText);

afterEach(cleanup);

/** What an item says after its form was sent as it stood. */
function sent(content: Content, change: () => void = () => undefined): Content {
  const about = { seen: { content, closed: [], broken: [] }, of: undefined, type: content.type };
  const { container } = render(
    <form>
      <TypeFields {...about} />
      <FieldRows {...about} />
    </form>,
  );
  change();
  return compose(new FormData(container.querySelector("form") ?? undefined), content);
}

test.each(["04", "4", "IV", null])("a month that is written as %s stays", (expMonth) => {
  const card = { cardholderName: "Ada", brand: "Visa", number: null, expMonth, expYear: "2030", code: null };
  expect(sent({ ...blank(types.card), card }).card).toEqual(card);
});

test("fields that are linked to what nobody here knows stay", () => {
  const fields = [100, 999].map((linkedId) => ({ type: 3, name: "User", value: null, linkedId }));
  expect(sent({ ...blank(types.login), fields }).fields).toEqual(fields);
  expect(screen.getAllByRole("option", { name: "Linked to a part that is not known here" })).toHaveLength(1);
});

test("a box to tick says of which field it is", () => {
  const fields = ["true", "false"].map((value) => ({ type: 2, name: "Staff", value, linkedId: null }));
  expect(sent({ ...blank(types.login), fields }).fields).toEqual(fields);
  expect(screen.getByRole("checkbox", { name: "Value of field 2: yes" })).toBeTruthy();
});

test("what other programs wrote in several lines is shown so, and stays so", () => {
  const address = "1 Rue\r\nParis";
  const identity = { ...blank(types.identity).identity, address1: address, city: "Paris" } as Content["identity"];
  const fields = [{ type: 0, name: "Codes", value: "one\ntwo", linkedId: 7 }];
  const content = { ...blank(types.identity), identity, fields } as Content;
  expect(sent(content)).toMatchObject({ identity, fields });
  cleanup();
  const changed = sent(content, () => {
    fireEvent.input(screen.getByLabelText("Address"), { target: { value: "2 Rue\nParis" } });
    fireEvent.input(screen.getByLabelText("Value of field 1"), { target: { value: "onetwo" } });
  });
  expect(changed.identity?.address1).toBe("2 Rue\nParis");
  expect(changed.fields).toEqual([{ ...fields[0], value: "onetwo" }]);
});

test("a website keeps where it stood, and when it is offered", () => {
  const uris = ["https://a.example", "b.example"].map((uri, n) => ({ uri, match: n === 0 ? 9 : null }));
  const login = { username: null, password: null, totp: null, uris };
  const content = { ...blank(types.login), login };
  expect(sent(content).login?.uris).toEqual(uris);
  expect(screen.getAllByRole("option", { name: "On what is not known here" })).toHaveLength(1);
});
