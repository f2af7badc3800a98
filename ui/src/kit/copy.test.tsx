import { act, cleanup, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { startText } from "../text/t.ts";
import { copyText } from "./clipboard.ts";
import { CopyButton, CopyIcon } from "./copy.tsx";
import { GivenUp } from "./given-up.ts";

/** What is in the clipboard. */
let held = "";
let isHere = true;

beforeAll(startText);

beforeEach(() => {
  vi.useFakeTimers();
  vi.spyOn(document, "hasFocus").mockImplementation(() => isHere);
  vi.stubGlobal(
    "ClipboardItem",
    class {
      of: Record<string, Promise<Blob>>;
      constructor(of: Record<string, Promise<Blob>>) {
        this.of = of;
      }
    },
  );
  const blobOf = (item: ClipboardItem | undefined) => (item as unknown as { of: Record<string, Promise<Blob>> }).of;
  vi.spyOn(navigator.clipboard, "writeText").mockImplementation(async (text) => {
    held = text;
  });
  vi.spyOn(navigator.clipboard, "write").mockImplementation(async ([item]) => {
    const blob = await blobOf(item)["text/plain"]?.catch(() => undefined);
    if (!blob) throw new DOMException("no data", "DataError");
    held = await blob.text();
  });
});

afterEach(() => {
  cleanup();
  isHere = true;
  vi.useRealTimers();
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

const press = () =>
  act(async () => {
    fireEvent.click(screen.getByRole("button"));
    await vi.advanceTimersByTimeAsync(0);
  });

test.each([
  [async () => "s3cret", "Copied"],
  [() => Promise.reject(new Error("It cannot be opened.")), "Not copied"],
  [() => Promise.reject(new GivenUp()), ""],
])("a button says what came of copying", async (text, said) => {
  render(<CopyIcon text={text} label="Copy the password" />);
  await press();
  expect(screen.getByRole("status").textContent).toBe(said);
  await act(() => vi.advanceTimersByTimeAsync(2_000));
  expect(screen.getByRole("status").textContent).toBe("");
});

test("a button with words says that the browser forbids it", async () => {
  vi.spyOn(navigator.clipboard, "writeText").mockRejectedValue(new DOMException("no", "NotAllowedError"));
  render(<CopyButton text="an address" />);
  await press();
  expect(screen.getByRole("button").textContent).toBe("Not copied");
});

test("a secret leaves the clipboard after a while, or when the person is back", async () => {
  await copyText(async () => "first");
  await vi.advanceTimersByTimeAsync(29_000);
  expect(held).toBe("first");
  await vi.advanceTimersByTimeAsync(1_000);
  expect(held).toBe("");

  await copyText(async () => "second");
  isHere = false;
  dispatchEvent(new Event("blur"));
  await vi.advanceTimersByTimeAsync(60_000);
  expect(held).toBe("second");
  isHere = true;
  dispatchEvent(new Event("focus"));
  expect(held).toBe("");
});

test("what was copied since stays in the clipboard", async () => {
  await copyText(async () => "first");
  await copyText("an address");
  await vi.advanceTimersByTimeAsync(30_000);
  expect(held).toBe("an address");

  await copyText(async () => "second");
  dispatchEvent(new Event("copy"));
  await vi.advanceTimersByTimeAsync(30_000);
  expect(held).toBe("second");
});
