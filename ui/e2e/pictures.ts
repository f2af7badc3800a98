import { mkdirSync } from "node:fs";
import type { Look } from "./browser.ts";

/** Where pictures go. */
export const folder = "e2e/pictures";
mkdirSync(folder, { recursive: true });

/** How each screen is pictured. */
export const looks: Record<string, Look> = {
  light: { language: "en" },
  dark: { language: "en", scheme: "dark" },
  phone: { language: "fr", width: 360, height: 740 },
  pseudo: { language: "fr", pseudo: true },
};
