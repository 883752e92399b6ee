import { z } from "zod";
import type { Engine, NetworkSpec, NetworkSummary } from "./engine.ts";
import { labelFilter } from "./label-filter.ts";
import { askFor, type EngineTransport } from "./transport.ts";

type NetworkCalls = Pick<Engine, "createNetwork" | "removeNetwork" | "listNetworks">;

const listedNetwork = z
  .object({
    Id: z.string(),
    Name: z.string(),
    Driver: z.string(),
    Labels: z.record(z.string(), z.string()).nullish(),
    IPAM: z.object({ Config: z.array(z.object({ Subnet: z.string().nullish() })).nullish() }).nullish(),
  })
  .transform((raw): NetworkSummary => {
    const subnet = raw.IPAM?.Config?.find((config) => config.Subnet?.includes("."))?.Subnet;
    return { id: raw.Id, name: raw.Name, driver: raw.Driver, labels: raw.Labels ?? {}, ...(typeof subnet === "string" ? { subnet } : {}) };
  });

export function networkCalls(transport: EngineTransport): NetworkCalls {
  return {
    createNetwork: async (spec, signal) => {
      const request = { method: "POST", path: "/networks/create", json: networkBody(spec), action: `create network "${spec.name}"`, pace: "slow", signal } as const;
      return (await askFor(transport, z.object({ Id: z.string() }), request)).Id;
    },
    removeNetwork: async (id, signal) => {
      await transport.json({ method: "DELETE", path: `/networks/${encodeURIComponent(id)}`, action: `remove network "${id}"`, accept: [404], pace: "slow", signal });
    },
    listNetworks: (filter, signal) => askFor(transport, z.array(listedNetwork), { method: "GET", path: "/networks", query: { filters: labelFilter(filter?.labels) }, action: "list networks", signal }),
  };
}

function networkBody(spec: NetworkSpec): Record<string, unknown> {
  return {
    Name: spec.name,
    // Else the engine makes a second network of the same name.
    CheckDuplicate: true,
    Driver: spec.driver ?? "bridge",
    Attachable: spec.attachable ?? false,
    Internal: spec.internal ?? false,
    Labels: spec.labels,
    Options: spec.options,
    IPAM: spec.subnet === undefined ? undefined : { Driver: "default", Config: [{ Subnet: spec.subnet }] },
  };
}
