import { act, cleanup, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, beforeAll, expect, test, vi } from "vitest";
import { startText } from "../../text/t.ts";
import type { Row } from "../../vault/items.ts";
import { largest } from "../../vault/sends.ts";
import { Files } from "./files.tsx";

const { addFile } = vi.hoisted(() => ({ addFile: vi.fn(async () => undefined) }));
vi.mock(import("../../vault/files.ts"), async (original) => ({ ...(await original()), addFile }));

beforeAll(startText);

afterEach(cleanup);

test("a file that is too large is refused before it is encrypted", async () => {
  const row = { id: "i", mayEdit: true, deletedDate: null } as Row;
  render(<Files row={row} guard={(_, go) => go()} />);
  const choose = (size: number) => {
    const file = Object.defineProperty(new File(["x"], "film.mp4"), "size", { value: size });
    return act(async () => {
      fireEvent.change(document.querySelector("[type=file]") as Element, { target: { files: [file] } });
    });
  };
  await choose(largest + 1);
  expect(screen.getByRole("alert").textContent).toMatch(/larger than 500/);
  expect(addFile).not.toHaveBeenCalled();
  await choose(largest);
  expect(screen.queryByRole("alert")).toBeNull();
  expect(addFile).toHaveBeenCalledOnce();
});
