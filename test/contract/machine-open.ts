import { describe, expect, it, type TestContext } from "vitest";
import type { CommandSession, CommandSessionOptions, Machine } from "../../src/machine/machine.ts";

const POLL = { timeout: 30_000 };

interface Opened extends CommandSession {
  readonly stdout: () => string;
  readonly stderr: () => string;
}

/** What `Machine.open` must keep to. */
export function machineOpenContract(machineOf: () => Machine, part: (which: "shell" | "processes", body: () => Promise<void>) => (context: TestContext) => Promise<void>): void {
  const open = async (argv: [string, ...string[]], options: Partial<CommandSessionOptions> = {}): Promise<Opened> => {
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    const session = await machineOf().open(argv, { ...options, onStdout: (bytes) => void out.push(bytes), onStderr: (bytes) => void err.push(bytes) });
    return Object.assign({ ...session }, { stdout: () => Buffer.concat(out).toString("utf8"), stderr: () => Buffer.concat(err).toString("utf8") });
  };
  const sh = (script: string, ...args: string[]): [string, ...string[]] => ["sh", "-c", script, "sh", ...args];

  describe("open()", () => {
    it("keeps both outputs apart and gives the exit code", part("shell", async () => {
      const session = await open(sh("echo out; echo err >&2; exit 3"));
      session.stdin.end();
      expect(await session.ended).toBe(3);
      expect([session.stdout(), session.stderr()]).toEqual(["out\n", "err\n"]);
    }));

    it("passes input as it comes, to its end, and output before the end", part("shell", async () => {
      const session = await open(["cat"]);
      session.stdin.write("first\n");
      await expect.poll(session.stdout, POLL).toBe("first\n");
      session.stdin.write(Buffer.from([0, 255, 10]));
      session.stdin.end("last");
      expect(await session.ended).toBe(0);
      expect(session.stdout().startsWith("first\n")).toBe(true);
      expect(session.stdout().endsWith("last")).toBe(true);
    }));

    it("passes arguments, environment and folder as they are", part("shell", async () => {
      const strange = "it's \"q\" $HOME `id` \\n %s äöü *";
      const session = await open(sh('printf "%s|%s|%s" "$1" "$VALUE" "$PWD"', strange), { env: { VALUE: strange }, cwd: "/" });
      session.stdin.end();
      expect(await session.ended).toBe(0);
      expect(session.stdout()).toBe(`${strange}|${strange}|/`);
    }));

    it("gives 127 for a program that is not there", part("shell", async () => {
      const session = await open(["clocker-no-such-program"]);
      session.stdin.end();
      expect(await session.ended).toBe(127);
      expect(session.stderr()).toContain("clocker-no-such-program");
    }));

    it("gives a terminal of the size asked for, and another size later", part("shell", async () => {
      const session = await open(sh('stty size; [ -t 0 ] && [ -t 1 ] && [ -t 2 ] && echo "terminal $TERM"; read -r line; stty size; echo "got $line"; exit 5'), { terminal: { columns: 120, rows: 40 } });
      await expect.poll(session.stdout, POLL).toContain("terminal xterm-256color");
      expect(session.stdout()).toMatch(/^40 120\r\n/);
      await session.resize({ columns: 80, rows: 24 });
      session.stdin.write("hello\n");
      expect(await session.ended).toBe(5);
      expect(session.stdout()).toMatch(/24 80\r\ngot hello\r\n/);
    }));

    it("shows nothing of its own when keys are typed before the terminal is there, and resizes it all the same", part("shell", async () => {
      const session = await open(sh('read -r line; echo "got $line"; read -r line; stty size; exit 0'), { terminal: { columns: 80, rows: 24 } });
      session.stdin.write("early\n");
      await expect.poll(session.stdout, POLL).toContain("got early");
      await session.resize({ columns: 100, rows: 30 });
      session.stdin.write("go\n");
      expect(await session.ended).toBe(0);
      expect(session.stdout()).toContain("30 100");
      expect(session.stdout()).not.toContain("clocker-");
    }));

    it("takes control characters at a terminal: Ctrl-C ends what runs there", part("shell", async () => {
      const session = await open(sh("trap 'echo caught; exit 9' INT; echo ready; while :; do sleep 0.1; done"), { terminal: { columns: 80, rows: 24 } });
      await expect.poll(session.stdout, POLL).toContain("ready");
      session.stdin.write("\u0003");
      expect(await session.ended).toBe(9);
      expect(session.stdout()).toContain("caught");
    }));

    for (const terminal of [undefined, { columns: 80, rows: 24 }]) {
      it(`kill ends it and all that it started, ${terminal === undefined ? "without" : "with"} a terminal`, part("processes", async () => {
        const duration = String(90_000 + Math.floor(Math.random() * 900_000));
        const session = await open(sh(`sleep ${duration} & echo started; sleep ${duration}; :`), terminal === undefined ? {} : { terminal });
        await expect.poll(session.stdout, POLL).toContain("started");
        await session.kill();
        await session.ended.catch(() => {});
        const count = `for f in /proc/[0-9]*/cmdline; do tr '\\0' ' ' 2>/dev/null <"$f"; echo; done 2>/dev/null | grep -c '^sleep ${duration}'`;
        expect((await machineOf().run({ script: count })).stdout).toBe("0\n");
      }));
    }

    it("holds output back while it is paused, and loses none", part("shell", async () => {
      const session = await open(sh("head -c 20000000 /dev/zero"));
      session.stdin.end();
      session.pause();
      const before = session.stdout().length;
      await machineOf().run({ argv: ["true"] });
      expect(session.stdout().length - before).toBeLessThan(10_000_000);
      session.resume();
      expect(await session.ended).toBe(0);
      expect(session.stdout().length).toBe(20_000_000);
    }));

    it("refuses what no shell can pass on", async () => {
      await expect(open(["echo", "a\0b"])).rejects.toMatchObject({ code: "invalid-value" });
    });
  });
}
