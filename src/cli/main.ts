import { homedir } from "node:os";
import { run } from "./run.ts";

const controller = new AbortController();
process.once("SIGINT", () => controller.abort(new Error("interrupted")));
// A reader such as `head` may close its end: then there is nobody left to write for.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(0);
  throw error;
});

process.exitCode = await run(process.argv.slice(2), {
  stdout: process.stdout,
  stderr: process.stderr,
  stdin: process.stdin,
  env: process.env,
  home: homedir(),
  signal: controller.signal,
});

// Whatever is still open must not keep a command from ending that has done its work; what was written has the time to leave.
setTimeout(() => process.exit(), 5_000).unref();
