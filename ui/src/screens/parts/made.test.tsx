import { cleanup, render } from "@testing-library/react";
import { afterEach, expect, test, vi } from "vitest";

// The worker cannot be started here, and nothing here needs a key.
vi.mock(import("../../crypto/remote.ts"), () => ({ startKeyring: vi.fn() }));
const { madeOf } = await import("../../vault/generated.ts");
const { MadeText } = await import("./made.tsx");

afterEach(cleanup);

test("what was made stands in the page letter by letter, and what follows takes its place", () => {
  const { container, rerender } = render(<MadeText of={madeOf("aé9-<b>Z")} />);
  expect(container.textContent).toBe("aé9-<b>Z");
  expect([...container.querySelectorAll("span span")].map((span) => span.textContent)).toEqual([
    ...["aé", "9", "-<", "b", ">", "Z"],
  ]);
  rerender(<MadeText of={madeOf("next")} />);
  expect(container.textContent).toBe("next");
  rerender(<MadeText of={undefined} />);
  expect(container.textContent).toBe("");
});
