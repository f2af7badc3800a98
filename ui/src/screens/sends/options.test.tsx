import { cleanup, render, screen } from "@testing-library/react";
import { afterEach, beforeAll, expect, test } from "vitest";
import { startText } from "../../text/t.ts";
import { auths, type Send } from "../../vault/sends.ts";
import { Options } from "./options.tsx";

beforeAll(startText);

afterEach(cleanup);

test("a Send for named people names them, and gets no password in their place", () => {
  const send = { auth: auths.email, emails: "grace@home.example", most: null, expiresAt: null, notes: null } as Send;
  render(<Options send={send} now={new Date(0)} />);
  expect(screen.getByText(/grace@home\.example/)).toBeTruthy();
  expect(document.querySelector("[name=password]")).toBeNull();
});

test("any other Send can get one", () => {
  render(<Options send={undefined} now={new Date(0)} />);
  expect(document.querySelector("[name=password]")).not.toBeNull();
});
