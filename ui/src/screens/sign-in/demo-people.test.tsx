import { cleanup, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, beforeAll, expect, test, vi } from "vitest";
import { startText } from "../../text/t.ts";
import { DemoPeople } from "./demo-people.tsx";

beforeAll(startText);

afterEach(cleanup);

test("a sample person is one press away, and nothing of them is remembered", () => {
  const chosen = vi.fn();
  const people = [
    { name: "Ada", email: "ada@acme.example", password: "public" },
    { name: "Bob", email: "bob@home.example", password: "public" },
  ];
  render(<DemoPeople people={people} onChoose={chosen} />);
  fireEvent.click(screen.getByRole("button", { name: "Log in as Bob" }));
  const [values] = chosen.mock.calls[0] as [FormData];
  expect([...values]).toEqual([["email", "bob@home.example"]]);
});
