import { cleanup, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, beforeAll, expect, test } from "vitest";
import { startText } from "../../text/t.ts";
import { auths, type Send } from "../../vault/sends.ts";
import { Options } from "./options.tsx";

beforeAll(startText);

afterEach(cleanup);

test("a Send for named people names them, and gets no password in their place", () => {
  const send = { auth: auths.email, emails: "grace@home.example", most: null, expiresAt: null, notes: null } as Send;
  render(<Options send={send} now={new Date(0)} />);
  expect(screen.getByDisplayValue(/grace@home\.example/)).toBeTruthy();
  expect(document.querySelector("[name=password]")).toBeNull();
});

test("any other Send can get one, or people's names", () => {
  render(<Options send={undefined} now={new Date(0)} />);
  const readers = document.querySelector("[name=readers]") as HTMLSelectElement;
  const asked = (auth: string) => {
    fireEvent.change(readers, { target: { value: auth } });
    return ["password", "emails"].map((name) => document.querySelector<HTMLInputElement>(`[name=${name}]`)?.required);
  };
  expect(asked("none")).toEqual([undefined, undefined]);
  expect(asked("password")).toEqual([true, undefined]);
  expect(asked("email")).toEqual([undefined, true]);
});
