import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { unixEngine } from "../../src/engine/docker-engine.ts";
import { ContainerMachine } from "../../src/machine/container-machine.ts";
import { InMemoryMachine } from "../../src/machine/in-memory-machine.ts";
import { LocalMachine } from "../../src/machine/local-machine.ts";
import type { Machine } from "../../src/machine/machine.ts";
import { SshMachine } from "../../src/machine/ssh/ssh-machine.ts";
import { startTestEngine, TEST_IMAGE } from "../support/docker-engine.ts";
import { startEchoServers } from "../support/echo-servers.ts";
import { freePort, type SshdOptions, startSshd } from "../support/sshd.ts";
import { machineContract, type MachineUnderTest } from "./machine.ts";

machineContract("LocalMachine", () => onThisComputer(new LocalMachine(), async () => undefined));

machineContract("SshMachine", () => overSsh());

machineContract("SshMachine where the server forwards nothing and allows four sessions", () => overSsh({ config: ["MaxSessions 4", "AllowTcpForwarding no", "AllowStreamLocalForwarding no"] }));

machineContract("SshMachine of a user who becomes root through sudo", () => overSsh({ sudoUser: true }));

machineContract("ContainerMachine", () => inContainer(["socat"]));

machineContract("ContainerMachine with busybox alone", () => inContainer(["nc"]), { "unix-forward": "busybox has no tool that joins a stream to a unix socket" });

machineContract(
  "InMemoryMachine",
  async () => {
    const machine = new InMemoryMachine();
    const { echo, stop } = await thisComputer();
    machine.onForward((target) => ("socket" in target ? connect(target.socket) : connect(target.port, target.host)));
    return { machine, folder: "/tmp/contract", echo, deadPort: 1, stop };
  },
  { shell: "it has no shell, commands are scripted", processes: "it has no processes", files: "its files have no links and no folders", forward: "it opens what the test gives it" },
);

async function overSsh(options: SshdOptions = {}): Promise<MachineUnderTest> {
  const sshd = await startSshd(options);
  const { host, port, user, fingerprint, privateKey } = sshd;
  const sudo = options.sudoUser ?? false;
  const machine = new SshMachine({ host, port, user, sudo, hostKey: fingerprint, privateKey: async () => privateKey, onHostKey: () => undefined });
  return onThisComputer(machine, () => sshd.stop());
}

async function onThisComputer(machine: Machine, stop: () => Promise<void>): Promise<MachineUnderTest> {
  const here = await thisComputer();
  return {
    machine,
    ...here,
    stop: async () => {
      await here.stop();
      await stop();
    },
  };
}

async function thisComputer(): Promise<Omit<MachineUnderTest, "machine">> {
  const folder = await mkdtemp(join(tmpdir(), "clocker-machine-"));
  const servers = await startEchoServers(folder);
  return {
    folder,
    echo: { tcp: servers.tcp, unix: servers.unix },
    deadPort: await freePort(),
    stop: async () => {
      await servers.stop();
      await rm(folder, { recursive: true });
    },
  };
}

/** A container whose image has only one of the tools that can join streams to sockets. */
async function inContainer(dialTools: readonly ("socat" | "nc")[]): Promise<MachineUnderTest> {
  const { socket, stop } = await startTestEngine();
  const engine = unixEngine(socket, "docker");
  const containerId = await engine.createContainer({ image: TEST_IMAGE, network: "none", init: false });
  await engine.startContainer(containerId);
  if (dialTools.includes("socat") && !existsSync("/usr/bin/socat")) throw new Error("The test image has no socat; on Debian: apt-get install socat");
  const machine = new ContainerMachine({ engine, containerId, name: "container on docker", address: "127.0.0.1" });
  await machine.run({ script: "mkdir /contract; nc -ll -p 7000 -e cat >/dev/null 2>&1 </dev/null & socat UNIX-LISTEN:/contract/echo,fork EXEC:cat >/dev/null 2>&1 </dev/null &" });
  if (!dialTools.includes("socat")) await machine.run({ script: "rm /usr/bin/socat /bin/bash" });
  return {
    machine,
    folder: "/contract",
    echo: { tcp: { host: "127.0.0.1", port: 7000 }, unix: { socket: "/contract/echo" } },
    deadPort: 7001,
    stop: async () => {
      await engine.close();
      await stop();
    },
  };
}
