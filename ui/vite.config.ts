import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import react from "@vitejs/plugin-react";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";
import { licenses } from "./licenses.ts";

const server = process.env.COFFRE_DEV_SERVER ?? "http://localhost:8080";
const prefixes = [
  "/admin/api",
  "/api",
  "/identity",
  "/notifications",
  "/icons",
  "/events",
  "/demo",
  "/docs",
  "/style.css",
  "/alive",
];

export default defineConfig({
  plugins: [react(), editions()],
  build: {
    target: "es2023",
    rolldownOptions: { input: ["index.html", "duo-redirect-connector.html"] },
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 1_300, // the words that people choose for passwords, loaded on demand
    modulePreload: { polyfill: false },
    emptyOutDir: false, // tools/do empties it, and leaves .keep
  },
  worker: { format: "es" },
  server: { proxy: Object.fromEntries(prefixes.map((prefix) => [prefix, { target: server, ws: true }])) },
  test: {
    environment: "happy-dom",
    include: ["src/**/*.test.{ts,tsx}"],
    css: false,
    testTimeout: 30_000,
    maxWorkers: 2, // Two cores would get one.
  },
});

/** Puts compressed editions in the place of every text; the server hands them out as they are. */
function editions(): Plugin {
  let out = "dist";
  return {
    name: "coffre-editions",
    apply: "build",
    configResolved(config) {
      out = config.build.outDir;
    },
    closeBundle() {
      writeFileSync(join(out, "licenses.txt"), licenses());
      for (const entry of readdirSync(out, { recursive: true, withFileTypes: true })) {
        if (!entry.isFile() || !/\.(html|js|css|svg|json|txt)$/.test(entry.name)) continue;
        const file = join(entry.parentPath, entry.name);
        const raw = readFileSync(file);
        writeFileSync(`${file}.gz`, gzipSync(raw, { level: 9 }));
        writeFileSync(`${file}.br`, brotliCompressSync(raw, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }));
        if (entry.name !== "index.html") rmSync(file); // It tells that there is a page.
      }
    },
  };
}
