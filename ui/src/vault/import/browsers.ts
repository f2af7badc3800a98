import { linesOf } from "./csv.ts";
import { type Found, loginOf, nameOf, orNull, type Skipped } from "./incoming.ts";

/** What Chrome exports, and browsers that are made of it: Edge, Brave, Opera, Vivaldi. */
export function chrome(text: string): Found {
  const items = linesOf(text, ["url", "username", "password"]).map(({ row, cell }) => {
    const url = cell("url");
    const login = { username: orNull(cell("username")), password: orNull(cell("password")) };
    const content = loginOf(nameOf(cell("name"), url), login, [url]);
    return { row, places: [], content: { ...content, notes: orNull(cell("note")) } };
  });
  return { items, skipped: [] };
}

/** The account with which Firefox itself is signed in stands among the logins. */
const own = /^chrome:\/\//;

/** What Firefox exports. */
export function firefox(text: string): Found {
  const skipped: Skipped[] = [];
  const items = linesOf(text, ["url", "username", "password", "guid"]).flatMap(({ row, cell }) => {
    const url = cell("url");
    if (own.test(url)) {
      skipped.push({ row, name: url, reason: "browser" });
      return [];
    }
    const login = { username: orNull(cell("username")), password: orNull(cell("password")) };
    const realm = orNull(cell("httprealm"));
    return { row, places: [], content: { ...loginOf(nameOf("", url), login, [url]), notes: realm } };
  });
  return { items, skipped };
}
