import { act, cleanup, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, beforeAll, expect, test, vi } from "vitest";
import { Form } from "../../kit/form.tsx";
import { startText } from "../../text/t.ts";
import type { Row } from "../../vault/items.ts";
import { blank } from "./compose.ts";

beforeAll(startText);
afterEach(cleanup);

// The worker cannot be started here, and when it answers is what this is about.
vi.mock(import("../../crypto/remote.ts"), () => ({ startKeyring: vi.fn() }));
const reveal = vi.hoisted(() => vi.fn<() => Promise<string>>());
vi.mock(import("../../vault/items.ts"), async (original) => ({ ...(await original()), reveal }));
const { SecretInput } = await import("./secret-input.tsx");

const of = { id: "a", maySeeHidden: true } as Row;
const seen = { content: blank(1), closed: ["login.totp"], broken: [] };

function show() {
  const sent = vi.fn<(values: FormData) => void>();
  render(
    <Form label="Item" onSend={sent}>
      <SecretInput label="Code" name="login.totp" part="login.totp" seen={seen} of={of} />
    </Form>,
  );
  return () => {
    fireEvent.submit(screen.getByRole("form"));
    return sent.mock.lastCall?.[0].get("login.totp");
  };
}

test("a secret that was not yet filled in is not sent", async () => {
  let opened: (secret: string) => void = () => undefined;
  reveal.mockReturnValue(new Promise((resolve) => (opened = resolve)));
  const send = show();
  expect(send()).toBeNull();
  await act(async () => opened("JBSW"));
  expect(send()).toBe("JBSW");
  fireEvent.input(screen.getByLabelText("Code"), { target: { value: "" } });
  expect(send()).toBe("");
});

test("a secret that cannot be opened is not sent", async () => {
  reveal.mockRejectedValue(new Error("It cannot be opened."));
  const send = show();
  await act(async () => undefined);
  expect(send()).toBeNull();
});
