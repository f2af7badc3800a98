import { expect, test, vi } from "vitest";
import type { Membership } from "./profile.ts";

// The worker cannot be started here, and nothing here needs a key.
vi.mock(import("../crypto/remote.ts"), () => ({ startKeyring: vi.fn() }));
const { importsInto, seesExport } = await import("./console.ts");

const member = (more: object): Membership =>
  ({ enabled: true, key: "4.k", type: 2, permissions: {}, ...more }) as Membership;

test.each([
  ["an owner", { type: 0 }, true, true],
  ["an administrator", { type: 1 }, true, true],
  ["who was given the right", { type: 4, permissions: { accessImportExport: true } }, true, true],
  ["who changes any collection", { type: 4, permissions: { editAnyCollection: true } }, false, true],
  ["a member", {}, false, false],
  ["an owner of what is switched off", { type: 0, enabled: false }, false, false],
  ["who has no key", { type: 1, key: null }, false, false],
])("%s: export and import are offered where the server lets them", (_, more, exports, imports) => {
  expect(seesExport(member(more))).toBe(exports);
  expect(importsInto(member(more))).toBe(imports);
});
