// @vitest-environment node
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, posix } from "node:path";
import { expect, test } from "vitest";

/** What the files of each folder may import of ours; the application itself, beside them, may all. */
const allowed: Record<string, string[]> = {
  crypto: [],
  text: [],
  api: [],
  kit: ["text"],
  vault: ["crypto", "api"],
  screens: ["kit", "vault", "api", "text", ""],
};

const longest = 400;

const files = readdirSync("src", { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && /\.(ts|tsx|css)$/.test(entry.name) && !/\.(test|d)\.tsx?$/.test(entry.name))
  .map((entry) => join(entry.parentPath, entry.name).replaceAll("\\", "/"));

const folderOf = (file: string) => (file.split("/").length > 2 ? (file.split("/")[1] ?? "") : "");

test("imports point down", () => {
  for (const file of files) {
    const from = folderOf(file);
    for (const [, target = ""] of readFileSync(file, "utf8").matchAll(/(?:from|import)\s*\(?"(\.[^"]+)"/g)) {
      const to = folderOf(posix.join(dirname(file), target));
      const isFine = from === "" || from === to || allowed[from]?.includes(to);
      expect(isFine, `${file} imports ${target}`).toBe(true);
    }
  }
});

test("only the kit and the screens know React", () => {
  for (const file of files.filter((name) => /^src\/(crypto|api|vault)\//.test(name))) {
    expect(readFileSync(file, "utf8"), file).not.toMatch(/from "react/);
  }
});

test("only api calls the server, and only what remembers touches storage", () => {
  for (const file of files.filter((name) => /\.tsx?$/.test(name))) {
    const text = readFileSync(file, "utf8");
    if (folderOf(file) !== "api") expect(text, file).not.toMatch(/\bfetch\(|XMLHttpRequest|sendBeacon/);
    const remembers = ["src/api/tokens.ts", "src/vault/browser.ts", "src/kit/theme.ts", "src/text/t.ts"];
    if (!remembers.includes(file)) expect(text, file).not.toMatch(/localStorage|sessionStorage|indexedDB/);
  }
});

test("nothing is written that the policy of the page forbids", () => {
  for (const file of files) {
    expect(readFileSync(file, "utf8"), file).not.toMatch(
      /dangerouslySetInnerHTML|innerHTML|insertAdjacentHTML|\bstyle=\{|\beval\(|new Function/,
    );
  }
});

test("files stay short", () => {
  for (const file of files) {
    expect(readFileSync(file, "utf8").split("\n").length, file).toBeLessThanOrEqual(longest);
  }
});

test("colors stand in one file", () => {
  for (const file of files.filter((name) => name.endsWith(".css") && !name.endsWith("tokens.css"))) {
    expect(readFileSync(file, "utf8"), file).not.toMatch(/#[0-9a-f]{3,8}\b|rgba?\(|hsla?\(/i);
  }
});
