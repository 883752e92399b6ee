import type { DatabaseSync } from "node:sqlite";
import { ClockerError } from "../../model/errors.ts";

/** Takes the schema from one version to the next, inside a transaction. */
export type Migration = (database: DatabaseSync) => void;

/** The migration at index n makes version n + 1. Append only: what was released never changes. */
export const migrations: readonly Migration[] = [createRecords];

/** Marks the file as Clocker's ("Clkr"), so that no other program's database is taken for one. */
const applicationId = 0x436c6b72;

/**
 * Brings the schema of an open database to the newest version: creates, upgrades, or finds it right.
 * @throws ClockerError `storage` when the file is another program's, or was written by a newer Clocker
 */
export function upgradeSchema(database: DatabaseSync, file: string, steps: readonly Migration[] = migrations): void {
  const found = versionOf(database, file);
  if (found > steps.length) {
    throw new ClockerError("storage", `Cannot open "${file}": a newer Clocker wrote it (schema version ${found}, this one knows up to ${steps.length})`, {
      remedy: "Start the newer Clocker again, or restore a backup that was made before the upgrade",
      details: { file, found, newest: steps.length },
    });
  }
  for (let version = found; version < steps.length; version++) {
    database.exec("BEGIN IMMEDIATE");
    try {
      steps[version]?.(database);
      database.prepare("UPDATE schema SET version = ?").run(version + 1);
      database.exec("COMMIT");
    } catch (cause) {
      if (database.isTransaction) database.exec("ROLLBACK");
      throw new ClockerError("storage", `Cannot upgrade "${file}" from schema version ${version} to ${version + 1}`, {
        remedy: "The data is as it was; start the Clocker that wrote it, and report this",
        cause,
        details: { file, found: version },
      });
    }
  }
}

function versionOf(database: DatabaseSync, file: string): number {
  const empty = numberIn(database, "SELECT count(*) AS value FROM sqlite_schema") === 0;
  if (empty) {
    database.exec(`BEGIN IMMEDIATE; PRAGMA application_id = ${applicationId}; CREATE TABLE schema (version INTEGER NOT NULL) STRICT; INSERT INTO schema VALUES (0); COMMIT`);
    return 0;
  }
  if (numberIn(database, "SELECT application_id AS value FROM pragma_application_id") !== applicationId) {
    throw new ClockerError("storage", `Cannot open "${file}": it is another program's database`, { remedy: "Choose another data directory", details: { file } });
  }
  return numberIn(database, "SELECT version AS value FROM schema");
}

function numberIn(database: DatabaseSync, query: string): number {
  const value = database.prepare(query).get()?.["value"];
  if (typeof value !== "number") throw new ClockerError("storage", `Cannot read the schema: "${query}" gave no number`);
  return value;
}

/** `seq` keeps the order in which records were first written. */
function createRecords(database: DatabaseSync): void {
  database.exec("CREATE TABLE record (seq INTEGER PRIMARY KEY, kind TEXT NOT NULL, id TEXT NOT NULL, data TEXT NOT NULL, UNIQUE (kind, id)) STRICT");
}
