import { expect, test } from "vitest";
import { withFilesUnderHome } from "./launch.ts";

test("withFilesUnderHome replaces the leading ~ of every file and folder, and nothing else", () => {
  const flags = { globalProperties: true, persist: "auto" as const, catalogInitial: [], catalogAdd: [], dataDir: "~/state", app: "~", httpsKey: "/etc/~/key.pem", location: "~/no-file" };
  expect(withFilesUnderHome(flags, "/home/ann")).toEqual({ ...flags, dataDir: "/home/ann/state", app: "/home/ann" });
});
