import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, symlink } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, onTestFinished, test } from "vitest";

const SCRIPT = fileURLToPath(new URL("docker-engine.sh", import.meta.url));

/** A PATH with node and the few tools that the script asks with, but neither docker nor curl. */
async function pathWithoutClients(folder: string): Promise<string> {
  const bin = path.join(folder, "bin");
  await mkdir(bin);
  for (const tool of ["dirname", "timeout", "id"]) await symlink(`/usr/bin/${tool}`, path.join(bin, tool));
  await symlink(process.execPath, path.join(bin, "node"));
  return bin;
}

test("docker-engine.sh finds an engine that answers without a docker client, and none where nothing listens", async () => {
  const folder = await mkdtemp(path.join(tmpdir(), "clocker-engine-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const server = createServer((_request, response) => response.end("{}"));
  onTestFinished(() => new Promise<void>((resolve) => void server.close(() => resolve())));
  await new Promise<void>((resolve) => void server.listen(path.join(folder, "engine.sock"), resolve));
  const env = { PATH: await pathWithoutClients(folder), DOCKER_HOST: `unix://${folder}/engine.sock` };
  const run = (more = {}) => promisify(execFile)("/bin/bash", [SCRIPT], { env: { ...env, ...more } });
  expect((await run()).stdout).toBe(`${env.DOCKER_HOST}\n`);
  await expect(run({ DOCKER_HOST: `unix://${folder}/none.sock` })).rejects.toMatchObject({ code: 1, stderr: expect.stringContaining("No Docker Engine answers") });
});
