import Papa from "papaparse";
import { WrongFile } from "./incoming.ts";

/** A line of a table: what stands in each column, by its heading in small letters. */
export interface Line {
  row: number;
  cell: (heading: string) => string;
}

/** The headings of a table, in small letters. */
export const headingsOf = (text: string): string[] =>
  (Papa.parse<string[]>(text, { preview: 1 }).data[0] ?? []).map(tidy);

/** Reads a table that has these headings, and perhaps others. Throws WrongFile for anything else. */
export function linesOf(text: string, needed: string[]): Line[] {
  const { data, errors } = Papa.parse<string[]>(text, { skipEmptyLines: false });
  const [first = [], ...rest] = data;
  const headings = first.map(tidy);
  // A quotation mark that is never closed swallows everything after it.
  const isBroken = errors.some(({ type }) => type === "Quotes");
  if (isBroken || needed.some((heading) => !headings.includes(heading))) throw new WrongFile("form");
  return rest.flatMap((cells, n) => {
    if (cells.every((cell) => cell.trim() === "")) return [];
    return { row: n + 2, cell: (heading: string) => cells[headings.indexOf(heading)] ?? "" };
  });
}

const tidy = (heading: string) => heading.trim().toLowerCase();
