import { readFile } from "node:fs/promises";
import { ClockerError } from "../model/errors.ts";
import type { Secrets } from "../model/management.ts";
import { SshMachine } from "../machine/ssh/ssh-machine.ts";
import type { SshOptions } from "../machine/ssh/ssh-options.ts";
import type { MachineDescription } from "./provider.ts";

/** The machine of a description, over SSH. Keys and passwords are read when it connects. */
export function sshMachine(description: MachineDescription, secrets: Secrets, options: Partial<Pick<SshOptions, "onHostKey" | "connectTimeout">> = {}): SshMachine {
  const { ssh } = description;
  if (ssh === undefined) throw new ClockerError("internal", `Cannot connect to machine "${description.hostname}" over SSH: its description says nothing of SSH`);
  const { privateKeyFile, passphraseRef, passwordRef } = ssh;
  return new SshMachine({
    host: ssh.host,
    port: ssh.port,
    user: ssh.user,
    address: description.address,
    sudo: ssh.sudo ?? false,
    onHostKey: refuseUnknownHostKey(description),
    ...(ssh.hostKey === undefined ? {} : { hostKey: ssh.hostKey }),
    ...(privateKeyFile === undefined ? {} : { privateKey: async () => readPrivateKey(privateKeyFile) }),
    ...(passphraseRef === undefined ? {} : { passphrase: async () => secrets.open(passphraseRef) }),
    ...(passwordRef === undefined ? {} : { password: async () => secrets.open(passwordRef) }),
    ...options,
  });
}

/** Host keys are recorded when a machine is obtained; one without is never trusted later. */
function refuseUnknownHostKey(description: MachineDescription): () => never {
  return () => {
    throw new ClockerError("host-key-mismatch", `Cannot trust machine "${description.hostname}": no host key was recorded for it`);
  };
}

async function readPrivateKey(file: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (error) {
    throw new ClockerError("unreachable", `Cannot read the private key "${file}"`, { cause: error, remedy: "Give the path of a file that the server's user may read, as privateKeyFile" });
  }
}
