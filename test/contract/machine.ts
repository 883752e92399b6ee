import { randomBytes } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Duplex, Readable } from "node:stream";
import { afterAll, beforeAll, describe, expect, it, type TestContext } from "vitest";
import { machineOpenContract } from "./machine-open.ts";
import { messageOf } from "../../src/model/errors.ts";
import { type ForwardTarget, type Machine, OUTPUT_LIMIT } from "../../src/machine/machine.ts";

/** A machine under test. */
export interface MachineUnderTest {
  machine: Machine;
  /** An existing folder on it that is the suite's own. */
  folder: string;
  /** Sockets on the machine that send back what they get. */
  echo: { tcp: ForwardTarget; unix: ForwardTarget };
  /** A port of the machine at which nothing listens. */
  deadPort: number;
  stop(): Promise<void>;
}

/** Parts of the suite that an implementation may leave out; it must say why. */
export type MachinePart = "shell" | "processes" | "files" | "forward" | "unix-forward";
export type Skipped = Readonly<Partial<Record<MachinePart, string>>>;

const MIB = 1024 ** 2;
const POLL = { timeout: 30_000 };

/** What every Machine must keep to. */
export function machineContract(name: string, open: () => Promise<MachineUnderTest>, skipped: Skipped = {}): void {
  describe(`Machine: ${name}`, () => {
    let subject: MachineUnderTest;
    let machine: Machine;

    beforeAll(async () => {
      subject = await open();
      machine = subject.machine;
    });
    afterAll(async () => {
      await machine.close();
      await subject.stop();
    });

    /** The body of a test of a part that an implementation may leave out. */
    const part = (which: MachinePart, body: () => Promise<void>) => async (context: TestContext): Promise<void> => {
      const reason = skipped[which];
      if (reason !== undefined) context.skip(`${name}: ${reason}`);
      else await body();
    };

    it("has a name and an address", () => {
      expect([machine.name, machine.address]).toEqual([expect.stringMatching(/./), expect.stringMatching(/./)]);
    });

    describe("run()", () => {
      it("gives both outputs and the exit code of a script", part("shell", async () => {
        expect(await machine.run({ script: "echo out\necho err >&2\nexit 3\n" })).toEqual({ exitCode: 3, stdout: "out\n", stderr: "err\n" });
      }));

      it("passes arguments as they are, whatever they hold", part("shell", async () => {
        const strange = ["", " a  b ", "it's", '"q"', "$HOME `id` $(id)", "back\\slash \\n", "line\nline\n", "tab\t", "*?[a]~", "-n", "äöü € 😀", "%s %% \\x41", "!x #y;z&|<>", "\u0081\u0088"];
        const { stdout } = await machine.run({ argv: ["sh", "-c", 'for a in "$@"; do printf "%s\\0" "$a"; done', "sh", ...strange] });
        expect(stdout.split("\0").slice(0, -1)).toEqual(strange);
      }));

      it("passes environment as it is, to scripts and to programs", part("shell", async () => {
        const value = "a'b\"c $HOME `id` \\n\n%s äöü € \t*\n";
        const env = { CLOCKER_VALUE: value, _x9: "other" };
        expect((await machine.run({ script: 'printf "%s|%s" "$CLOCKER_VALUE" "$_x9"' }, { env })).stdout).toBe(`${value}|other`);
        expect((await machine.run({ argv: ["sh", "-c", 'printf "%s" "$CLOCKER_VALUE"'] }, { env })).stdout).toBe(value);
      }));

      it("refuses names of environment variables and arguments that no shell can pass on", async () => {
        await expect(machine.run({ argv: ["true"] }, { env: { "a.b": "c" } })).rejects.toMatchObject({ code: "invalid-value", message: expect.stringContaining("a.b") });
        await expect(machine.run({ argv: ["echo", "a\0b"] })).rejects.toMatchObject({ code: "invalid-value" });
      });

      it("runs in the folder asked for; one that is not there is the command's failure", part("shell", async () => {
        expect((await machine.run({ argv: ["pwd"] }, { cwd: subject.folder })).stdout).toBe(`${subject.folder}\n`);
        const missing = await machine.run({ script: "echo ran" }, { cwd: `${subject.folder}/no such folder` });
        expect(missing).toMatchObject({ exitCode: 126, stdout: "", stderr: expect.stringContaining("no such folder") });
      }));

      it("passes standard input; without one it is at its end", part("shell", async () => {
        const stdin = Buffer.from("first\nÄ€\n\0last");
        expect((await machine.run({ argv: ["cat"] }, { stdin })).stdout).toBe("first\nÄ€\n\0last");
        expect(await machine.run({ argv: ["cat"] })).toEqual({ exitCode: 0, stdout: "", stderr: "" });
      }));

      it("lets a command end that does not read its input", part("shell", async () => {
        expect((await machine.run({ argv: ["true"] }, { stdin: Buffer.alloc(5 * MIB, "x") })).exitCode).toBe(0);
      }));

      it("gives a script's commands no piece of the script to read", part("shell", async () => {
        expect((await machine.run({ script: "cat >/dev/null\necho after\n" })).stdout).toBe("after\n");
      }));

      it("runs a script that is longer than an argument may be", part("shell", async () => {
        const script = `${"# a long comment of a long script\n".repeat(10_000)}echo done\n`;
        expect((await machine.run({ script })).stdout).toBe("done\n");
      }));

      it("keeps the tail of a long output and hands on all of it", part("shell", async () => {
        let length = 0;
        const { stdout } = await machine.run({ script: "head -c 1999998 /dev/zero | tr '\\0' x; printf yz" }, { onStdout: (chunk) => void (length += chunk.length) });
        expect(length).toBe(2_000_000);
        expect(stdout.length).toBe(OUTPUT_LIMIT);
        expect(stdout.endsWith("xxyz")).toBe(true);
      }));

      it("puts characters together that were split over chunks", part("shell", async () => {
        let seen = "";
        await machine.run({ argv: ["cat"] }, { stdin: "äé€😀".repeat(30_000), onStdout: (chunk) => void (seen += chunk) });
        expect(seen).toBe("äé€😀".repeat(30_000));
      }));

      it("gives output while the command runs", part("shell", async () => {
        const seen: string[] = [];
        const stop = new AbortController();
        const running = machine.run({ script: "echo started; exec sleep 60" }, { signal: stop.signal, onStdout: (chunk) => void seen.push(chunk) });
        const failure = failureOf(running);
        await expect.poll(() => seen.join(""), POLL).toBe("started\n");
        stop.abort();
        expect(await failure).toMatchObject({ code: "cancelled" });
      }));

      it("gives 127 for a program that is not there, and 128 + n for signal n", part("shell", async () => {
        expect(await machine.run({ argv: ["clocker-no-such-program"] })).toMatchObject({ exitCode: 127, stderr: expect.stringContaining("clocker-no-such-program") });
        expect((await machine.run({ argv: ["sh", "-c", "kill -9 $$"] })).exitCode).toBe(137);
      }));

      it("runs nothing when the signal is aborted already", async () => {
        await expect(machine.run({ script: `: >"${subject.folder}/ran"` }, { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: "cancelled" });
        await expect(machine.download(`${subject.folder}/ran`)).rejects.toMatchObject({ code: "not-found" });
      });

      it("runs twenty commands at once", async () => {
        const results = await Promise.all(Array.from({ length: 20 }, (_, index) => machine.run({ argv: ["echo", String(index)] })));
        expect(results.map((result) => result.exitCode)).toEqual(Array.from({ length: 20 }, () => 0));
      });
    });

    machineOpenContract(() => machine, part);

    describe("processes", () => {
      const duration = String(90_000 + Math.floor(Math.random() * 900_000));
      const tree = `sleep ${duration} & sh -c 'sleep ${duration} & sleep ${duration}; :' & sleep ${duration}; :`;
      const countScript = `for f in /proc/[0-9]*/cmdline; do tr '\\0' ' ' 2>/dev/null <"$f"; echo; done 2>/dev/null | grep -c '^sleep ${duration}'`;
      const count = async (): Promise<number> => Number((await machine.run({ script: countScript })).stdout);

      it("a command that takes too long is killed with all it started", part("processes", async () => {
        await expect(machine.run({ script: tree }, { timeout: 2_000 })).rejects.toMatchObject({ code: "timeout", message: expect.stringContaining("2 s") });
        expect(await count()).toBe(0);
      }));

      it("a cancelled command is killed with all it started", part("processes", async () => {
        const stop = new AbortController();
        const running = machine.run({ argv: ["sh", "-c", tree] }, { signal: stop.signal });
        const failure = failureOf(running);
        await expect.poll(count, POLL).toBe(4);
        stop.abort();
        expect(await failure).toMatchObject({ code: "cancelled" });
        expect(await count()).toBe(0);
      }));

      it("a command that ignores the request to end is killed", part("processes", async () => {
        await expect(machine.run({ script: `trap '' TERM; sleep ${duration}` }, { timeout: 1_000 })).rejects.toMatchObject({ code: "timeout" });
        expect(await count()).toBe(0);
      }));

      it("a script ends when it has ended, though what it left behind holds its output open", part("processes", async () => {
        const { exitCode, stdout } = await machine.run({ script: `echo begun; sleep ${duration} & echo "left $!"; exit 3` }, { timeout: 25_000 });
        expect({ exitCode, stdout }).toEqual({ exitCode: 3, stdout: expect.stringMatching(/^begun\nleft \d+\n$/) });
        await machine.run({ argv: ["kill", /left (\d+)/.exec(stdout)?.[1] ?? ""] });
        await expect.poll(count, POLL).toBe(0);
      }));

      it("a service that a command started in the background stays", part("processes", async () => {
        const { stdout } = await machine.run({ script: `sleep ${duration} >/dev/null 2>&1 </dev/null & echo $!` });
        await expect.poll(count, POLL).toBe(1);
        await machine.run({ argv: ["kill", stdout.trim()] });
        await expect.poll(count, POLL).toBe(0);
      }));
    });

    describe("files", () => {
      it("upload() and download() carry strings, bytes, files and streams", async () => {
        const local = await mkdtemp(join(tmpdir(), "clocker-contract-"));
        await writeFile(join(local, "file"), "from a file");
        const contents = { text: "Text: äöü €\n", bytes: Buffer.from([0, 1, 2, 255, 254]), file: { file: join(local, "file") }, stream: Readable.from(["from ", Buffer.from("a stream")]) };
        for (const [kind, content] of Object.entries(contents)) await machine.upload(content, `${subject.folder}/new/folder/${kind}`);
        const read = async (kind: string): Promise<string> => (await machine.download(`${subject.folder}/new/folder/${kind}`)).toString("latin1");
        expect(await read("text")).toBe(Buffer.from("Text: äöü €\n").toString("latin1"));
        expect(await read("bytes")).toBe("\0\x01\x02\xff\xfe");
        expect(await read("file")).toBe("from a file");
        expect(await read("stream")).toBe("from a stream");
        await rm(local, { recursive: true });
      });

      it("upload() replaces a file", async () => {
        const path = `${subject.folder}/replaced`;
        await machine.upload("old and long", path);
        await machine.upload("new", path);
        expect((await machine.download(path)).toString()).toBe("new");
      });

      it("upload() and download() take any path", async () => {
        const path = `${subject.folder}/-a b'c"d$e\\f*/näme\n`;
        await machine.upload("strange", path);
        expect((await machine.download(path)).toString()).toBe("strange");
      });

      it("upload() sets the mode, whatever the file's was before", part("files", async () => {
        const path = `${subject.folder}/modes`;
        const mode = async (): Promise<string> => (await machine.run({ argv: ["stat", "-c", "%a", path] })).stdout.trim();
        await machine.upload("x", path);
        expect(await mode()).toBe("644");
        await machine.upload("x", path, { mode: 0o4750 });
        expect(await mode()).toBe("4750");
      }));

      it("upload() that fails leaves the old file and nothing else", part("files", async () => {
        const folder = `${subject.folder}/atomic`;
        await machine.upload("old", `${folder}/file`);
        const broken = Readable.from((async function* broken() {
          yield Buffer.alloc(100_000, "n");
          throw new Error("the source broke");
        })());
        await expect(machine.upload(broken, `${folder}/file`)).rejects.toSatisfy((error) => messageOf(error).includes("the source broke"));
        expect((await machine.download(`${folder}/file`)).toString()).toBe("old");
        expect((await machine.run({ argv: ["ls", "-A", folder] })).stdout).toBe("file\n");
      }));

      it("upload() onto a folder fails and puts nothing into it", part("files", async () => {
        await machine.run({ argv: ["mkdir", "-p", `${subject.folder}/taken`] });
        await expect(machine.upload("x", `${subject.folder}/taken`)).rejects.toMatchObject({ code: "command-failed" });
        expect((await machine.run({ argv: ["ls", "-A", `${subject.folder}/taken`] })).stdout).toBe("");
      }));

      it("upload() and download() carry 20 MiB", async () => {
        const content = randomBytes(20 * MIB);
        await machine.upload(content, `${subject.folder}/big`);
        expect((await machine.download(`${subject.folder}/big`)).equals(content)).toBe(true);
      });

      it("download() follows a link", part("files", async () => {
        await machine.upload("linked", `${subject.folder}/target`);
        await machine.run({ argv: ["ln", "-s", "target", `${subject.folder}/link`] });
        expect((await machine.download(`${subject.folder}/link`)).toString()).toBe("linked");
      }));

      it("download() of a file that is not there is not-found", async () => {
        await expect(machine.download(`${subject.folder}/missing`)).rejects.toMatchObject({ code: "not-found", message: expect.stringContaining("missing") });
      });
    });

    describe("forward()", () => {
      it("opens a stream to a port", part("forward", async () => {
        expect(await echoed(await machine.forward(subject.echo.tcp), "over tcp")).toBe("over tcp");
      }));

      it("opens a stream to a socket", part("unix-forward", async () => {
        expect(await echoed(await machine.forward(subject.echo.unix), "over a socket")).toBe("over a socket");
      }));

      it("carries much, over many streams, beside commands", part("forward", async () => {
        const streams = await Promise.all(Array.from({ length: 12 }, () => machine.forward(subject.echo.tcp)));
        const text = "0123456789".repeat(50_000);
        const [results] = await Promise.all([Promise.all(streams.map((stream) => echoed(stream, text))), machine.run({ argv: ["true"] })]);
        expect(results.every((result) => result === text)).toBe(true);
      }));

      it("is unreachable where nothing listens, at once or when the stream is used", part("forward", async () => {
        const trying = machine.forward({ host: "127.0.0.1", port: subject.deadPort }).then((stream) => echoed(stream, "hello"));
        await expect(trying).rejects.toMatchObject({ code: "unreachable" });
      }));
    });

    it("facts() tells about the machine", async () => {
      const facts = await machine.facts();
      expect(facts.os).toMatch(/^[a-z]/);
      expect(facts.architecture).toMatch(/^(amd64|arm64|arm|386)$/);
      expect(facts.hostname).toMatch(/./);
      for (const number of [facts.cpus, facts.memoryBytes, facts.diskFreeBytes]) expect(number).toBeGreaterThan(0);
    });

    it("close() may be repeated, and the next use works again", async () => {
      await machine.close();
      await machine.close();
      expect((await machine.run({ argv: ["true"] })).exitCode).toBe(0);
    });
  });
}

/** Sends a text and reads until as much has come back. */
async function echoed(stream: Duplex, text: string): Promise<string> {
  let back = "";
  stream.setEncoding("utf8");
  stream.write(text);
  for await (const chunk of stream) {
    back += String(chunk);
    if (back.length >= text.length) break;
  }
  stream.destroy();
  return back;
}

/** What a promise will be rejected with; from now on it is listened to. */
export function failureOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => undefined,
    (error: unknown) => error,
  );
}
