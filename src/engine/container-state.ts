import { z } from "zod";
import type { ContainerState, ContainerSummary } from "./engine.ts";

const state = z.enum(["created", "running", "paused", "restarting", "removing", "exited", "dead"]);
const text = z.string().nullish().transform((value) => value ?? "");
const labels = z.record(z.string(), z.string()).nullish().transform((value) => value ?? {});
const bindings = z
  .record(z.string(), z.array(z.object({ HostPort: z.string() })).nullable())
  .nullish()
  .transform((value) => value ?? {});

/** One element of `GET /containers/json`. */
export const listedContainer = z
  .object({
    Id: z.string(),
    Names: z.array(z.string()).nullish(),
    Image: z.string(),
    Labels: labels,
    State: state,
    Ports: z.array(z.object({ PrivatePort: z.number(), PublicPort: z.number().optional(), Type: z.string() })).nullish(),
  })
  .transform(
    (raw): ContainerSummary => ({
      id: raw.Id,
      // A container that others link to has several names; its own has one slash.
      name: withoutSlash((raw.Names ?? []).find((name) => name.lastIndexOf("/") === 0) ?? ""),
      image: raw.Image,
      labels: raw.Labels,
      state: raw.State,
      ports: Object.fromEntries((raw.Ports ?? []).flatMap((port) => (port.PublicPort === undefined ? [] : [[`${port.PrivatePort}/${port.Type}`, port.PublicPort]]))),
    }),
  );

/** The answer to `GET /containers/{id}/json`. */
export const inspectedContainer = z
  .object({
    Id: z.string(),
    Name: z.string(),
    State: z.object({ Status: state, Running: z.boolean(), Paused: z.boolean(), ExitCode: z.number(), Error: text, Pid: z.number(), StartedAt: text }),
    Config: z.object({ Image: z.string(), Hostname: text, Labels: labels, Env: z.array(z.string()).nullish(), Tty: z.boolean().nullish() }),
    HostConfig: z.object({ Memory: z.number().nullish(), CpuShares: z.number().nullish(), PortBindings: bindings }),
    NetworkSettings: z.object({
      Ports: bindings,
      Networks: z
        .record(z.string(), z.object({ IPAddress: text }))
        .nullish()
        .transform((value) => value ?? {}),
    }),
    Mounts: z
      .array(z.object({ Source: text, Name: text, Destination: z.string() }))
      .nullish()
      .transform((value) => value ?? []),
  })
  .transform(
    (raw): ContainerState => ({
      id: raw.Id,
      name: withoutSlash(raw.Name),
      image: raw.Config.Image,
      labels: raw.Config.Labels,
      state: raw.State.Status,
      // A container that isn't running has no published ports; those it was asked to publish are still its own.
      ports: { ...hostPorts(raw.HostConfig.PortBindings), ...hostPorts(raw.NetworkSettings.Ports) },
      running: raw.State.Running,
      paused: raw.State.Paused,
      exitCode: raw.State.ExitCode,
      error: raw.State.Error,
      pid: raw.State.Pid,
      hostname: raw.Config.Hostname,
      addresses: Object.fromEntries(Object.entries(raw.NetworkSettings.Networks).flatMap(([name, network]) => (network.IPAddress === "" ? [] : [[name, network.IPAddress]]))),
      env: Object.fromEntries((raw.Config.Env ?? []).map(splitEnv)),
      memoryBytes: raw.HostConfig.Memory ?? 0,
      cpuShares: raw.HostConfig.CpuShares ?? 0,
      startedAt: raw.State.StartedAt,
      mounts: raw.Mounts.map((mount) => ({ source: mount.Source || mount.Name, target: mount.Destination })),
    }),
  );

/** Whether its output is a terminal's: then the engine doesn't multiplex it. */
export const terminalOfContainer = z.object({ Config: z.object({ Tty: z.boolean().nullish().transform((value) => value ?? false) }) });

function hostPorts(ports: z.output<typeof bindings>): Record<string, number> {
  const result: Record<string, number> = {};
  for (const [port, bound] of Object.entries(ports)) {
    const hostPort = Number(bound?.[0]?.HostPort);
    if (hostPort > 0) result[port] = hostPort;
  }
  return result;
}

function splitEnv(line: string): [string, string] {
  const at = line.indexOf("=");
  return at < 0 ? [line, ""] : [line.slice(0, at), line.slice(at + 1)];
}

function withoutSlash(name: string): string {
  return name.replace(/^\//, "");
}
