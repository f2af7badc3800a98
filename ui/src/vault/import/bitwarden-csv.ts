import { type Line, linesOf } from "./csv.ts";
import { type Found, fieldOf, loginOf, noteOf, orNull, type Skipped, WrongFile } from "./incoming.ts";

/** What Bitwarden exports as a table, of a person or of an organization. */
export function bitwardenCsv(text: string): Found {
  const skipped: Skipped[] = [];
  const lines = linesOf(text, ["type", "name", "login_username", "login_password"]);
  if (lines.length === 0) throw new WrongFile("empty");
  const items = lines.flatMap(({ row, cell }) => {
    const type = cell("type").trim().toLowerCase();
    if (type !== "login" && type !== "note") {
      skipped.push({ row, name: cell("name"), reason: "foreign" });
      return [];
    }
    const folder = orNull(cell("folder"));
    const places = folder
      ? [folder]
      : cell("collections")
          .split(",")
          .map((name) => name.trim())
          .filter(Boolean);
    const content = {
      ...(type === "login" ? login(cell) : noteOf(cell("name"))),
      notes: orNull(cell("notes")),
      favorite: cell("favorite").trim() === "1",
      reprompt: cell("reprompt").trim() === "1" ? (1 as const) : (0 as const),
      fields: fieldsOf(cell("fields")),
    };
    return { row, places, content };
  });
  return { items, skipped };
}

const login = (cell: Line["cell"]) =>
  loginOf(
    cell("name"),
    {
      username: orNull(cell("login_username")),
      password: orNull(cell("login_password")),
      totp: orNull(cell("login_totp")),
    },
    addressesOf(cell("login_uri")),
  );

const scheme = /^\s*[\w.+-]+:\/\//;
const bareHost = /^\s*(localhost|[\w-]+(\.[\w-]+)+)(:\d+)?\s*(\/|$)/;
const withoutPath = /^\s*([\w.+-]+:\/\/)?[^/?#]*$/;

/**
 * Several addresses stand in one cell. A comma within an address is followed by no scheme; and what looks like a host
 * is one only after an address without a path.
 */
function addressesOf(cell: string): string[] {
  const addresses: string[] = [];
  for (const part of cell.split(",")) {
    const last = addresses.at(-1);
    const isOwn = last === undefined || scheme.test(part) || (bareHost.test(part) && withoutPath.test(last));
    if (isOwn) addresses.push(part);
    else addresses[addresses.length - 1] += `,${part}`;
  }
  return addresses.map((one) => one.trim()).filter(Boolean);
}

/** "name: value" in lines. A line without a name goes on with the value before it. */
function fieldsOf(cell: string) {
  const fields: ReturnType<typeof fieldOf>[] = [];
  for (const line of cell ? cell.split(/\r?\n/) : []) {
    const at = line.indexOf(": ");
    const last = fields.at(-1);
    if (at >= 0) fields.push(fieldOf(line.slice(0, at), line.slice(at + 2)));
    else if (last) last.value += `\n${line}`;
    else fields.push(fieldOf("", line));
  }
  return fields;
}
