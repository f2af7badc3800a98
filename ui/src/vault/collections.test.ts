import { expect, test, vi } from "vitest";
import type { Collection } from "./collections.ts";

// The worker cannot be started here, and nothing here needs a key.
vi.mock(import("../crypto/remote.ts"), () => ({ startKeyring: vi.fn() }));
const { rightOf, rights, selectionOf, treeOf } = await import("./collections.ts");

test("slashes put a collection under the nearest one that there is", () => {
  const names = ["Sites/Paris/Rivoli", "Sites Nord", "Sites", "Lost/Child", "Sites/Oslo", null];
  const tree = treeOf(names.map((name) => ({ name }) as Collection));
  expect(tree.map(({ depth, label }) => [depth, label])).toEqual([
    [0, ""],
    [0, "Lost/Child"],
    [0, "Sites"],
    [1, "Oslo"],
    [1, "Paris/Rivoli"],
    [0, "Sites Nord"],
  ]);
});

test("a right is the same after it was sent", () => {
  for (const right of rights) expect(rightOf(selectionOf("1", right))).toBe(right);
});
