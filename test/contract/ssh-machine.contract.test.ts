import { createServer } from "node:net";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { SshMachine } from "../../src/machine/ssh/ssh-machine.ts";
import type { SshOptions } from "../../src/machine/ssh/ssh-options.ts";
import { failureOf } from "./machine.ts";
import { freePort, startSshd, type TestSshd } from "../support/sshd.ts";

describe("SshMachine", () => {
  let sshd: TestSshd;
  const machines: SshMachine[] = [];

  beforeAll(async () => void (sshd = await startSshd()));
  afterEach(async () => void (await Promise.all(machines.splice(0).map((machine) => machine.close()))));
  afterAll(() => sshd.stop());

  const machine = (options: Partial<SshOptions> = {}): SshMachine => {
    const { host, port, user, privateKey, fingerprint } = sshd;
    const made = new SshMachine({ host, port, user, hostKey: fingerprint, privateKey: async () => privateKey, onHostKey: () => undefined, ...options });
    machines.push(made);
    return made;
  };
  /** A command that runs until it is ended; `started` resolves when it runs. */
  const endless = (subject: SshMachine, signal?: AbortSignal): { running: Promise<unknown>; started: Promise<void> } => {
    const started = Promise.withResolvers<void>();
    return { running: subject.run({ script: "echo started; exec sleep 60" }, { signal, onStdout: () => started.resolve() }), started: started.promise };
  };
  const unknownHost = (onHostKey: SshOptions["onHostKey"]): SshMachine => {
    const made = new SshMachine({ host: sshd.host, port: sshd.port, user: sshd.user, privateKey: async () => sshd.privateKey, onHostKey });
    machines.push(made);
    return made;
  };

  it("is named as user@host:port", () => {
    expect(machine().name).toBe(`${sshd.user}@${sshd.host}:${sshd.port}`);
    expect(machine({ address: "203.0.113.9" }).address).toBe("203.0.113.9");
  });

  describe("host key", () => {
    it("is recorded on first contact, and demanded from then on", async () => {
      const recorded: string[] = [];
      const subject = unknownHost((fingerprint) => void recorded.push(fingerprint));
      await subject.run({ argv: ["true"] });
      await subject.close();
      await subject.run({ argv: ["true"] });
      expect(recorded).toEqual([sshd.fingerprint]);
    });

    it("that cannot be recorded refuses the connection", async () => {
      const subject = unknownHost(async () => {
        throw new Error("the disk is full");
      });
      await expect(subject.run({ argv: ["true"] })).rejects.toMatchObject({ message: expect.stringContaining("the disk is full") });
    });

    it("that differs from the recorded one is refused, telling both", async () => {
      await expect(machine({ hostKey: "SHA256:AAAA" }).run({ argv: ["true"] })).rejects.toMatchObject({ code: "host-key-mismatch", message: expect.stringContaining(sshd.fingerprint), details: { recorded: "SHA256:AAAA", fingerprint: sshd.fingerprint } });
    });
  });

  describe("connecting", () => {
    it("to a port at which nothing listens says so, with host, port, user and a remedy", async () => {
      const port = await freePort();
      await expect(machine({ port }).run({ argv: ["true"] })).rejects.toMatchObject({
        code: "unreachable",
        message: `Cannot connect to ${sshd.user}@127.0.0.1:${port} over SSH: connection refused`,
        remedy: expect.stringContaining(String(port)),
        details: { host: "127.0.0.1", port, user: sshd.user },
      });
    });

    it("to a server that says nothing ends with the connect timeout", async () => {
      const silent = createServer();
      await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
      const address = silent.address();
      const port = address !== null && typeof address === "object" ? address.port : 0;
      await expect(machine({ port, connectTimeout: 500 }).run({ argv: ["true"] })).rejects.toMatchObject({ code: "unreachable", message: expect.stringContaining("no answer within 0.5 s") });
      silent.close();
    });

    it("with a key that the server does not know says so", async () => {
      const other = await startSshd();
      await expect(machine({ privateKey: async () => other.privateKey }).run({ argv: ["true"] })).rejects.toMatchObject({
        code: "unreachable",
        message: expect.stringContaining("refused the login"),
        remedy: expect.stringContaining(sshd.user),
      });
      await other.stop();
    });

    it("with a key that is none says so", async () => {
      await expect(machine({ privateKey: async () => "no key" }).run({ argv: ["true"] })).rejects.toMatchObject({ code: "unreachable", message: expect.stringContaining("private key") });
    });

    it("may be cancelled by one who waits, and goes on for the others", async () => {
      const subject = machine();
      const stop = new AbortController();
      const [cancelled, done] = [subject.run({ argv: ["true"] }, { signal: stop.signal }), subject.run({ argv: ["true"] })];
      const failure = failureOf(cancelled);
      stop.abort();
      expect(await failure).toMatchObject({ code: "cancelled" });
      expect((await done).exitCode).toBe(0);
    });
  });

  describe("a lost connection", () => {
    it("ends running commands with unreachable, and the next use connects again", async () => {
      const subject = machine();
      const { running, started } = endless(subject);
      const failure = failureOf(running);
      await started;
      await sshd.dropConnections();
      expect(await failure).toMatchObject({ code: "unreachable", message: expect.stringContaining("was lost"), remedy: expect.stringContaining("may still run") });
      expect((await subject.run({ argv: ["echo", "again"] })).stdout).toBe("again\n");
    });

    it("is noticed by keep-alive when the other side is silent", async () => {
      const subject = machine({ keepAlive: { interval: 200, misses: 2 } });
      const { running, started } = endless(subject);
      const failure = failureOf(running);
      await started;
      await sshd.freeze();
      expect(await failure).toMatchObject({ code: "unreachable" });
      await sshd.resume();
    });

    it("ends forwarded streams", async () => {
      const subject = machine();
      const stream = await subject.forward({ host: "127.0.0.1", port: sshd.port });
      const closed = new Promise<void>((resolve) => stream.once("close", () => resolve()));
      stream.resume();
      await sshd.dropConnections();
      await closed;
    });
  });

  it("close() ends running commands and forwarded streams", async () => {
    const subject = machine();
    const { running, started } = endless(subject);
    const failure = failureOf(running);
    await started;
    await subject.close();
    expect(await failure).toMatchObject({ code: "unreachable" });
  });

  it("waits its turn behind eight commands, and may be cancelled there", async () => {
    const subject = machine();
    const stop = new AbortController();
    const eight = Array.from({ length: 8 }, () => endless(subject, stop.signal));
    const outcomes = Promise.allSettled(eight.map(({ running }) => running));
    await Promise.all(eight.map(({ started }) => started));
    await expect(subject.run({ argv: ["true"] }, { timeout: 300 })).rejects.toMatchObject({ code: "timeout" });
    const forwarded = await subject.forward({ host: "127.0.0.1", port: sshd.port });
    forwarded.destroy();
    stop.abort();
    expect((await outcomes).map((outcome) => outcome.status)).toEqual(Array.from({ length: 8 }, () => "rejected"));
    expect((await subject.run({ argv: ["true"] })).exitCode).toBe(0);
  });

  it("is not confused by what login scripts print", async () => {
    const noisy = await startSshd({ config: ["ForceCommand echo welcome; echo oops >&2; eval \"$SSH_ORIGINAL_COMMAND\""] });
    const subject = machine({ port: noisy.port, hostKey: noisy.fingerprint, privateKey: async () => noisy.privateKey });
    expect(await subject.run({ script: "echo out; echo err >&2" })).toEqual({ exitCode: 0, stdout: "out\n", stderr: "err\n" });
    await noisy.stop();
  });

  it("a login shell that starts no commands is unreachable, with what it said", async () => {
    const refusing = await startSshd({ config: ["ForceCommand echo This account is not available; exit 1"] });
    const subject = machine({ port: refusing.port, hostKey: refusing.fingerprint, privateKey: async () => refusing.privateKey });
    await expect(subject.run({ argv: ["true"] })).rejects.toMatchObject({ code: "unreachable", message: expect.stringContaining("This account is not available") });
    await refusing.stop();
  });
});
