import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

interface Package {
  name: string;
  version: string;
  license: string;
  dependencies?: Record<string, string>;
}

/** Whose work is in a package that does not say so. */
const credits: Record<string, string> = {
  "secure-password-utilities":
    "The words are the long word list of the Electronic Frontier Foundation (Joseph Bonneau, 2016), which is under the " +
    "Creative Commons Attribution 3.0 United States license (https://creativecommons.org/licenses/by/3.0/us/): " +
    "https://www.eff.org/deeplinks/2016/07/new-wordlists-random-passphrases",
};

/** The licenses and notices of everything that is part of the page, one after the other. */
export function licenses(): string {
  const found = new Map<string, string>();
  collect(read("."), found);
  const names = [...found.keys()].sort();
  return names.map((name) => found.get(name)).join(`\n${"=".repeat(80)}\n\n`);
}

function collect(parent: Package, found: Map<string, string>) {
  for (const name of Object.keys(parent.dependencies ?? {})) {
    const dir = join("node_modules", name);
    if (found.has(name) || !existsSync(dir)) continue;
    const info = read(dir);
    const texts = readdirSync(dir).filter((file) => /^(licen[cs]e|notice|third)/i.test(file));
    const bodies = texts.map((file) => readFileSync(join(dir, file), "utf8").trim());
    const credit = credits[name];
    if (credit) bodies.push(credit);
    found.set(name, [`${info.name} ${info.version} (${info.license})`, ...bodies, ""].join("\n\n"));
    collect(info, found);
  }
}

function read(dir: string): Package {
  return JSON.parse(readFileSync(join(dir, "package.json"), "utf8"));
}
