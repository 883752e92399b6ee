import { defineConfig } from "vitest/config";

const seconds = 1_000;

/** Two workers at most: the suites start engines and databases, and shall leave a small computer usable. */
export default defineConfig({
  test: {
    maxWorkers: 2,
    projects: [
      {
        test: {
          name: "unit",
          include: ["src/**/*.test.ts", "scripts/**/*.test.ts"],
        },
      },
      {
        test: {
          name: "contract",
          include: ["test/contract/**/*.test.ts"],
          testTimeout: 120 * seconds,
          hookTimeout: 300 * seconds,
        },
      },
      {
        test: {
          name: "e2e",
          include: ["test/e2e/**/*.test.ts"],
          fileParallelism: false,
          maxWorkers: 1,
          maxConcurrency: 8,
          testTimeout: 900 * seconds,
          hookTimeout: 900 * seconds,
        },
      },
    ],
  },
});
