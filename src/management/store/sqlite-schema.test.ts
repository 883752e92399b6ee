import { DatabaseSync } from "node:sqlite";
import { describe, expect, it } from "vitest";
import { ClockerError } from "../../model/errors.ts";
import { type Migration, migrations, upgradeSchema } from "./sqlite-schema.ts";

const addColour: Migration = (database) => database.exec("ALTER TABLE record ADD COLUMN colour TEXT NOT NULL DEFAULT 'red'");
const fail: Migration = (database) => {
  database.exec("DROP TABLE record");
  throw new Error("no such thing");
};

describe("upgradeSchema", () => {
  it("makes the newest schema in an empty database, and finds it right the next time", () => {
    const database = new DatabaseSync(":memory:");
    upgradeSchema(database, "x.db");
    upgradeSchema(database, "x.db");
    expect(versionOf(database)).toBe(migrations.length);
  });

  it("upgrades an older schema and keeps the records", () => {
    const database = withRecord();
    upgradeSchema(database, "x.db", [...migrations, addColour]);
    expect(database.prepare("SELECT id, colour FROM record").all()).toEqual([{ id: "a", colour: "red" }]);
    expect(versionOf(database)).toBe(migrations.length + 1);
  });

  it("leaves everything as it was when a step fails", () => {
    const database = withRecord();
    expect(() => upgradeSchema(database, "x.db", [...migrations, addColour, fail])).toThrow('Cannot upgrade "x.db" from schema version 2 to 3');
    expect(database.prepare("SELECT id, colour FROM record").all()).toHaveLength(1);
    expect(versionOf(database)).toBe(2);
  });

  it("refuses the schema of a newer Clocker with the way out", () => {
    const database = withRecord();
    upgradeSchema(database, "x.db", [...migrations, addColour]);
    const refusal = expect.objectContaining({ code: "storage", remedy: expect.stringContaining("newer Clocker"), details: expect.objectContaining({ found: 2, newest: 1 }) });
    expect(() => upgradeSchema(database, "x.db")).toThrow(refusal);
  });

  it("refuses another program's database and does not touch it", () => {
    const database = new DatabaseSync(":memory:");
    database.exec("CREATE TABLE schema (version INTEGER); INSERT INTO schema VALUES (1)");
    expect(() => upgradeSchema(database, "x.db")).toThrow(ClockerError);
    expect(database.prepare("SELECT name FROM sqlite_schema").all()).toEqual([{ name: "schema" }]);
  });
});

function withRecord(): DatabaseSync {
  const database = new DatabaseSync(":memory:");
  upgradeSchema(database, "x.db");
  database.exec("INSERT INTO record (kind, id, data) VALUES ('entity', 'a', '{}')");
  return database;
}

function versionOf(database: DatabaseSync): unknown {
  return database.prepare("SELECT version FROM schema").get()?.["version"];
}
