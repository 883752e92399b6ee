import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { loadProperties } from "./load-properties.ts";

let home: string;
let global: string;

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "clocker-home-"));
  await mkdir(join(home, ".brooklyn"));
  global = join(home, ".brooklyn", "brooklyn.properties");
});

afterEach(() => rm(home, { recursive: true }));

async function write(file: string, text: string, mode = 0o600): Promise<string> {
  await writeFile(file, text, { mode });
  return file;
}

describe("loadProperties", () => {
  it("reads metadata, the user's file, the local file, the environment and the command line, later ones winning", async () => {
    await write(join(home, ".brooklyn", "location-metadata.properties"), "a.k=metadata\nb.k=metadata", 0o644);
    await write(global, "b.k=global\nc.k=global");
    const local = await write(join(home, "local.properties"), "c.k=local\nd.k=local");
    const properties = await loadProperties({ home, local, env: { "d.k": "env", "e.k": "env", PATH: "/bin", "gone.k": undefined }, defines: { "e.k": "define" } });
    expect(["a.k", "b.k", "c.k", "d.k", "e.k", "PATH", "gone.k"].map((key) => properties.get(key))).toEqual(["metadata", "global", "local", "env", "define", undefined, undefined]);
  });

  it("is empty without any file", async () => {
    await rm(join(home, ".brooklyn"), { recursive: true });
    expect((await loadProperties({ home })).shown()).toEqual({});
  });

  it("does not read the user's file when told so", async () => {
    await write(global, "a=1", 0o644);
    expect((await loadProperties({ home, global: false })).get("a")).toBeUndefined();
  });

  it("takes off the blanks around values, as Brooklyn does", async () => {
    await write(global, "a = b \t\n");
    expect((await loadProperties({ home })).get("a")).toBe("b");
  });

  it("follows ~ and links", async () => {
    await write(join(home, "real"), "a=1");
    await symlink(join(home, "real"), join(home, "link"));
    expect((await loadProperties({ home, local: "~/link" })).get("a")).toBe("1");
  });

  it.each([0o640, 0o604, 0o620, 0o601])("refuses the user's file with mode %o, and says what to do", async (mode) => {
    await write(global, "a=1");
    await chmod(global, mode);
    await expect(loadProperties({ home })).rejects.toMatchObject({ code: "forbidden", message: expect.stringContaining(`mode ${mode.toString(8)}`), remedy: `chmod 600 "${global}"` });
  });

  it("refuses a local file that others may read", async () => {
    const local = await write(join(home, "local.properties"), "a=1", 0o644);
    await chmod(local, 0o644);
    await expect(loadProperties({ home, local })).rejects.toMatchObject({ code: "forbidden", remedy: `chmod 600 "${local}"` });
  });

  it("takes a read-only file", async () => {
    await write(global, "a=1", 0o400);
    expect((await loadProperties({ home })).get("a")).toBe("1");
  });

  it("refuses a local file that is absent or a folder", async () => {
    await expect(loadProperties({ home, local: "~/none" })).rejects.toMatchObject({ code: "not-found", message: expect.stringContaining("none") });
    await expect(loadProperties({ home, local: home })).rejects.toMatchObject({ code: "invalid-value", message: expect.stringContaining("not a file") });
  });

  it("tells file and line of what it cannot read, and of what it warns about", async () => {
    await write(global, "\na=\\u1");
    await expect(loadProperties({ home })).rejects.toThrow(`"${global}", line 2`);
    await write(global, "\nbrooklyn.ha.pollPeriodd=1");
    expect((await loadProperties({ home })).warnings()).toEqual([`${global}:2: Unknown property "brooklyn.ha.pollPeriodd"; did you mean "brooklyn.ha.pollPeriod"?`]);
  });
});
