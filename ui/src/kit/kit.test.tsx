import { act, cleanup, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, beforeAll, expect, test, vi } from "vitest";
import { startText } from "../text/t.ts";
import { Button } from "./button.tsx";
import { Dialog } from "./dialog.tsx";
import { Drop } from "./drop.tsx";
import { Field, SecretField } from "./field.tsx";
import { Form, textOf } from "./form.tsx";
import { Moment } from "./moment.tsx";
import { setTheme, startTheme } from "./theme.ts";
import { dismissToast, Toasts, toast } from "./toast.tsx";
import { type Action, useAction } from "./use-action.ts";

beforeAll(startText);

afterEach(cleanup);

test("a field says what is wrong with it to those who hear it", () => {
  render(<Field label="Address" name="address" error="It is missing." hint="Where you live." required />);
  const input = screen.getByLabelText("Address");
  expect(input.getAttribute("aria-invalid")).toBe("true");
  const described = input.getAttribute("aria-describedby")?.split(" ") ?? [];
  expect(described.map((id) => document.getElementById(id)?.textContent)).toEqual([
    "It is missing.",
    "Where you live.",
  ]);
});

test("a secret is shown only while the person wants to see it", () => {
  render(<SecretField label="Secret" name="secret" />);
  const type = () => screen.getByLabelText("Secret").getAttribute("type");
  expect(type()).toBe("password");
  fireEvent.click(screen.getByRole("button", { name: "Show" }));
  expect(type()).toBe("text");
  fireEvent.click(screen.getByRole("button", { name: "Hide" }));
  expect(type()).toBe("password");
});

test("a form hands out what its fields hold", () => {
  const sent = vi.fn();
  render(
    <Form onSend={(values) => sent(textOf(values, "name"), textOf(values, "absent"))} label="Who">
      <Field label="Name" name="name" defaultValue="Ada" required />
    </Form>,
  );
  fireEvent.submit(screen.getByRole("form"));
  expect(sent).toHaveBeenCalledWith("Ada", "");
});

test("a button that is busy cannot be pressed again", () => {
  const pressed = vi.fn();
  render(
    <Button busy onClick={pressed} type="submit">
      Save
    </Button>,
  );
  fireEvent.click(screen.getByRole("button"));
  expect(pressed).not.toHaveBeenCalled();
  expect(screen.getByRole("button").getAttribute("type")).toBe("button");
});

let action: Action<[]> | undefined;

function Probe({ act: of }: { act: () => Promise<void> }) {
  action = useAction(of);
  return null;
}

test("an action runs once at a time and keeps its failure until the next attempt", async () => {
  let fail: (reason: Error) => void = () => {};
  const attempt = vi.fn(
    () =>
      new Promise<void>((_, reject) => {
        fail = reject;
      }),
  );
  render(<Probe act={attempt} />);
  await act(async () => {
    action?.run();
    action?.run();
  });
  expect(attempt).toHaveBeenCalledOnce();
  expect(action?.busy).toBe(true);
  await act(async () => fail(new Error("no")));
  expect([action?.busy, action?.failure]).toEqual([false, new Error("no")]);
  attempt.mockResolvedValue(undefined);
  await act(async () => {
    action?.run();
  });
  expect(action?.failure).toBeUndefined();
});

test("a dialog has its title, and Escape gives up", async () => {
  const closed = vi.fn();
  render(
    <Dialog open onClose={closed} title="Delete the vault" actions={<Button tone="loss">Delete</Button>}>
      All of it is lost.
    </Dialog>,
  );
  const dialog = await screen.findByRole("dialog", { name: "Delete the vault" });
  fireEvent.keyDown(dialog, { key: "Escape" });
  expect(closed).toHaveBeenCalled();
});

test("a toast is said, replaced by the next, and taken away", () => {
  render(<Toasts />);
  act(() => toast("Saved"));
  act(() => toast("Saved again"));
  expect(screen.getByRole("status").textContent).toBe("Saved again");
  act(dismissToast);
  expect(screen.getByRole("status").textContent).toBe("");
});

test("a date says its exact time on hover", () => {
  render(<Moment at="2026-11-28T20:51:07Z" />);
  const time = screen.getByText(/28/);
  expect(time.getAttribute("datetime")).toBe("2026-11-28T20:51:07.000Z");
  expect(time.getAttribute("title")).toMatch(/2026.*:51:07/);
});

test("the theme is the system's until the person chooses", () => {
  localStorage.clear();
  startTheme();
  expect(document.documentElement.dataset.theme).toBe("system");
  setTheme("dark");
  expect(document.documentElement.dataset.theme).toBe("dark");
});

test("a file is dropped, and what is wrong with it is said to those who hear the button", () => {
  const file = new File(["{}"], "license.json");
  const taken = vi.fn();
  const drop = { label: "License", action: "Choose", onChange: taken };
  const { rerender } = render(<Drop {...drop} file={undefined} />);
  fireEvent.drop(screen.getByRole("group", { name: "License" }), { dataTransfer: { files: [file] } });
  expect(taken).toHaveBeenCalledWith(file);
  rerender(<Drop {...drop} file={file} error="It is over." />);
  const described = screen.getByRole("button", { name: "Choose" }).getAttribute("aria-describedby")?.split(" ") ?? [];
  expect(described.map((id) => document.getElementById(id)?.textContent)).toEqual(["It is over.", "license.json"]);
  expect(screen.getByRole("alert").textContent).toBe("It is over.");
});
