import { randomUUID } from "node:crypto";
import { posix } from "node:path";
import { Readable, Transform, type Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { ClockerError } from "../../model/errors.ts";
import { DEFAULT_MODE, streamOf } from "../content.ts";
import { discardAfter } from "../discard.ts";
import type { Content } from "../machine.ts";
import { runSession, type SessionPlace, type SessionSpec } from "./session.ts";

const RECEIVE = '[ ! -d "$2" ] || { echo "it is a folder" >&2; exit 1; }; mkdir -p -- "$1" && umask 077 && exec cat >"$3"';
/** The count guards against a connection that broke while the file was sent: then `cat` saw an end of input too. */
const PUT_IN_PLACE = '[ "$(wc -c <"$1")" -eq "$4" ] || { echo "it arrived incomplete" >&2; exit 1; }; chmod "$3" "$1" && mv -f -- "$1" "$2"';
const SEND = '[ -e "$1" ] || exit 44; [ ! -d "$1" ] || { echo "it is a folder" >&2; exit 1; }; exec cat -- "$1"';
const MISSING = 44;

/**
 * Writes a file through a command, not through SFTP: that works under sudo, with servers that have no SFTP and with login shells that
 * print greetings, and it sends without waiting for an answer to each block.
 */
export async function uploadFile(place: SessionPlace, content: Content, path: string, mode: number | undefined, signal: AbortSignal): Promise<void> {
  const action = `write "${path}" on ${place.name}`;
  const temporary = posix.join(posix.dirname(path), `.${posix.basename(path)}.${randomUUID()}`);
  const count = new ByteCount();
  const send = (to: Writable, ended: AbortSignal): Promise<void> => pipeline(streamOf(content), count, to, { signal: ended });
  try {
    await shell(place, action, signal, RECEIVE, [posix.dirname(path), path, temporary], send);
    await shell(place, action, signal, PUT_IN_PLACE, [temporary, path, (mode ?? DEFAULT_MODE).toString(8), String(count.bytes)]);
  } catch (error) {
    await discardAfter(error, temporary, async (bound) => void (await shell(place, `remove "${temporary}" on ${place.name}`, bound, 'rm -f -- "$1"', [temporary])));
  } finally {
    if (content instanceof Readable) content.destroy();
  }
}

/** Reads a whole file. @throws not-found */
export async function downloadFile(place: SessionPlace, path: string, signal: AbortSignal): Promise<Buffer> {
  return await shell(place, `read "${path}" on ${place.name}`, signal, SEND, [path]);
}

async function shell(place: SessionPlace, action: string, signal: AbortSignal, script: string, args: readonly string[], send?: SessionSpec["send"]): Promise<Buffer> {
  const parts: Buffer[] = [];
  let stderr = "";
  const spec = {
    argv: ["/bin/sh", "-c", script, "sh", ...args],
    ...(send && { send }),
    // A file that is cut is no file.
    endsWithOutput: true,
    onStdout: (bytes: Buffer) => void parts.push(bytes),
    onStderr: (bytes: Buffer) => void (stderr = (stderr + bytes.toString("utf8")).slice(-2_000)),
  };
  const exitCode = await runSession(place, spec, action, signal);
  if (exitCode === 0) return Buffer.concat(parts);
  const missing = script === SEND && exitCode === MISSING;
  const reason = missing ? "there is no such file" : stderr.trim() || `exit code ${exitCode}`;
  throw new ClockerError(missing ? "not-found" : "command-failed", `Cannot ${action}: ${reason}`, { details: { exitCode } });
}

class ByteCount extends Transform {
  bytes = 0;

  override _transform(chunk: Buffer | string, _encoding: BufferEncoding, done: (error: Error | null, chunk: Buffer) => void): void {
    const bytes = Buffer.from(chunk);
    this.bytes += bytes.length;
    done(null, bytes);
  }
}
