import { ClockerError } from "../model/errors.ts";
import type { ContainerSpec, VolumeBind } from "./engine.ts";

/** The body of `POST /containers/create` for a spec. @throws invalid-value where the engine would misread a value. */
export function containerBody(spec: ContainerSpec): Record<string, unknown> {
  const ports = Object.entries(spec.ports ?? {}).map(([port, hostPort]) => [withProtocol(port), hostPort] as const);
  const exposed = [...ports.map(([port]) => port), ...(spec.exposedPorts ?? []).map(withProtocol)];
  return {
    Image: spec.image,
    Hostname: spec.hostname,
    Entrypoint: spec.entrypoint,
    Cmd: spec.command,
    Env: spec.env && Object.entries(spec.env).map(([name, value]) => `${name}=${value}`),
    Labels: spec.labels,
    User: spec.user,
    WorkingDir: spec.workingDir,
    OpenStdin: spec.interactive ?? false,
    ExposedPorts: emptyObjectsAt(exposed),
    Volumes: emptyObjectsAt(spec.volumes ?? []),
    HostConfig: hostConfig(spec, ports),
    NetworkingConfig: networkingConfig(spec),
  };
}

function hostConfig(spec: ContainerSpec, ports: readonly (readonly [string, number])[]): Record<string, unknown> {
  return {
    PortBindings: Object.fromEntries(ports.map(([port, hostPort]) => [port, [{ HostPort: String(hostPort) }]])),
    Binds: (spec.binds ?? []).map(bindText),
    VolumesFrom: spec.volumesFrom,
    Tmpfs: spec.tmpfs,
    CpuShares: spec.cpuShares,
    NanoCpus: spec.cpus === undefined ? undefined : Math.round(spec.cpus * 1e9),
    Memory: spec.memoryBytes,
    Init: spec.init,
    Privileged: spec.privileged ?? false,
    CapAdd: spec.capAdd,
    DeviceCgroupRules: spec.deviceCgroupRules,
    CgroupnsMode: spec.cgroupnsMode,
    CgroupParent: spec.cgroupParent,
    NetworkMode: spec.network,
    ExtraHosts: spec.extraHosts,
    RestartPolicy: spec.restart && { Name: spec.restart },
    ...securityOptions(spec.securityOpt ?? []),
  };
}

function networkingConfig({ network, address }: ContainerSpec): Record<string, unknown> | undefined {
  if (network === undefined || address === undefined) return undefined;
  return { EndpointsConfig: { [network]: { IPAMConfig: { IPv4Address: address } } } };
}

/** `systempaths=unconfined` is a word of the docker command line, which turns it into two empty lists; the engine doesn't know it. */
function securityOptions(options: readonly string[]): Record<string, unknown> {
  const openPaths = options.some((option) => /^systempaths[=:]unconfined$/.test(option));
  return {
    SecurityOpt: options.filter((option) => !option.startsWith("systempaths")),
    ...(openPaths ? { MaskedPaths: [], ReadonlyPaths: [] } : {}),
  };
}

function bindText({ source, target, readOnly }: VolumeBind): string {
  if (source.includes(":") || target.includes(":")) {
    throw new ClockerError("invalid-value", `Cannot mount "${source}" at "${target}": the paths of a volume cannot contain a colon`);
  }
  return `${source}:${target}${readOnly ? ":ro" : ""}`;
}

function emptyObjectsAt(keys: readonly string[]): Record<string, object> {
  return Object.fromEntries(keys.map((key) => [key, {}]));
}

/** `8080` → `8080/tcp`. */
export function withProtocol(port: string): string {
  return port.includes("/") ? port : `${port}/tcp`;
}
