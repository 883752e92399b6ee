import { parentPort, workerData } from "node:worker_threads";
import { ClockerError } from "../../model/errors.ts";
import { SqliteDatabase } from "./sqlite-database.ts";
import { storageError, toFailure } from "./sqlite-failure.ts";
import { checkedOptions, type Reply, type Request } from "./sqlite-protocol.ts";

/** The thread that waits for the disk, so that the event loop does not. Started by `sqlite-store.ts` only. */
if (parentPort === null) throw new ClockerError("internal", "Cannot run the worker of the SQLite store: it is not in a worker thread");
const port = parentPort;
const options = checkedOptions(workerData);

const database = answer(0, () => {
  const opened = new SqliteDatabase(options);
  return { reply: { number: 0, type: "done" }, result: opened };
});

if (database === undefined) port.close();
else port.on("message", (request: Request) => answer(request.number, () => ({ reply: serve(database, request), result: undefined })));

function serve(opened: SqliteDatabase, request: Request): Reply {
  const { number } = request;
  switch (request.type) {
    case "write":
      opened.write(request.changes);
      return { number, type: "done" };
    case "page":
      return { number, type: "page", page: opened.page(request.after) };
    case "close":
      opened.close();
      return { number, type: "done" };
  }
}

/** Posts the work's reply, or its failure. */
function answer<T>(number: number, work: () => { reply: Reply; result: T }): T | undefined {
  try {
    const { reply, result } = work();
    post(reply);
    return result;
  } catch (error) {
    const failure = toFailure(error instanceof ClockerError ? error : storageError("use", options.directory, error));
    post({ number, type: "failed", failure });
    return undefined;
  }
}

function post(reply: Reply): void {
  port.postMessage(reply);
}
