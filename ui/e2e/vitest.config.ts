import { defineConfig } from "vitest/config";

// The built program in a real browser. A walk is long, and the machines of others are slow; it waits more than it computes.
export default defineConfig({
  test: {
    environment: "node",
    include: ["e2e/**/*.e2e.ts"],
    testTimeout: 120_000,
    hookTimeout: 60_000,
    expect: { poll: { timeout: 30_000 } },
    maxWorkers: 3,
    isolate: false, // What walks are made of is loaded once for each worker, not for each file.
    bail: 0,
  },
});
