import { strFromU8, unzipSync } from "fflate";
import { linesOf } from "./csv.ts";
import { type Found, loginOf, nameOf, orNull, WrongFile } from "./incoming.ts";
import { type Item, incomingOf } from "./onepassword-item.ts";

/** What 1Password and Safari export as a table. */
export function onePasswordCsv(text: string): Found {
  const items = linesOf(text, ["title", "url", "username", "password"]).map(({ row, cell }) => {
    const login = {
      username: orNull(cell("username")),
      password: orNull(cell("password")),
      totp: orNull(cell("otpauth")),
    };
    const content = {
      ...loginOf(nameOf(cell("title"), cell("url")), login, [cell("url")]),
      notes: orNull(cell("notes")),
      favorite: cell("favorite").trim().toLowerCase() === "true",
    };
    const [tag] = cell("tags").split(/[;,]/);
    return { row, places: tag?.trim() ? [tag.trim()] : [], content };
  });
  return { items, skipped: [] };
}

interface Account {
  vaults: { attrs: { name: string }; items: Item[] }[];
}

/** More than a vault holds: what unpacks to it is meant to fill the memory. */
const mostBytes = 256 << 20;

/** What 1Password exports as a whole. The files in it stay behind. */
export function onePassword(bytes: Uint8Array): Found {
  const vaults = accountsIn(bytes).flatMap((account) => account.vaults);
  const found: Found = { items: [], skipped: [] };
  let row = 0;
  for (const { attrs, items } of vaults) {
    for (const item of items) {
      row++;
      const { content, hasFiles } = incomingOf(item);
      found.items.push({ row, content, places: placesOf(item, vaults.length > 1 ? attrs.name : undefined) });
      if (hasFiles) found.skipped.push({ row, name: content.name, reason: "files" });
    }
  }
  if (row === 0) throw new WrongFile("empty");
  return found;
}

/** The first tag, which 1Password nests with slashes as folders are; else the vault, where there are several. */
const placesOf = ({ overview }: Item, vault: string | undefined): string[] => {
  const place = overview?.tags?.[0] ?? vault;
  return place ? [place] : [];
};

function accountsIn(bytes: Uint8Array): Account[] {
  const text = contentsOf(bytes, "export.data");
  try {
    const { accounts } = JSON.parse(text);
    for (const { vaults } of accounts) for (const { items } of vaults) if (!Array.isArray(items)) throw new TypeError();
    return accounts;
  } catch {
    throw new WrongFile("form");
  }
}

/** One file of an archive. It is unpacked here: the policy of the page lets nothing start a worker but the page. */
function contentsOf(bytes: Uint8Array, name: string): string {
  try {
    const files = unzipSync(bytes, { filter: (file) => file.name === name && file.originalSize < mostBytes });
    return strFromU8(files[name] as Uint8Array);
  } catch {
    throw new WrongFile("form");
  }
}
