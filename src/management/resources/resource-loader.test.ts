import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { unzipSync } from "fflate";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { FakeClock } from "../../../test/support/fake-clock.ts";
import { fakeWork, type FakeWork } from "../../../test/support/fake-work.ts";
import { httpServer, type TestServer } from "../../../test/support/http-server.ts";
import { Resources } from "./resource-loader.ts";

const sha = (algorithm: string, text: string): string => createHash(algorithm).update(text).digest("hex");
const WAR = "io/brooklyn/example/web/0.6.0/web-0.6.0.war";

let server: TestServer;
let dataDir: string;
let clock: FakeClock;
let resources: Resources;
let work: FakeWork;
let isDown = false;
let version = "v1";

beforeAll(async () => {
  server = await httpServer((request, response) => {
    const path = (request.url ?? "").replace(/\?.*/, "");
    if (isDown) return void request.socket.destroy();
    if (path === "/moved") return void response.writeHead(302, { location: "/file.txt" }).end();
    if (path === "/round") return void response.writeHead(302, { location: "/round" }).end();
    if (path === "/hang") return;
    if (path === "/error") return void response.writeHead(503).end("later");
    if (path === "/private") return void response.writeHead(request.headers.authorization === `Basic ${btoa("me:geheim")}` ? 200 : 401).end("inside");
    if (path === `/repo/${WAR}`) return void response.end("war of the repository");
    if (path === `/repo/${WAR}.sha1`) return void response.end(`${sha("sha1", "war of the repository")}  web-0.6.0.war\n`);
    if (path === "/repo/a/b/1/b-1.jar") return void response.end("damaged");
    if (path === "/repo/a/b/1/b-1.jar.sha1") return void response.end(sha("sha1", "whole"));
    if (path !== "/file.txt") return void response.writeHead(404).end();
    if (request.headers["if-none-match"] === `"${version}"`) return void response.writeHead(304).end();
    response.writeHead(200, { etag: `"${version}"` }).end(`content ${version}`);
  });
});

afterAll(() => server.close());

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "clocker-resources-"));
  clock = new FakeClock();
  work = fakeWork();
  isDown = false;
  version = "v1";
  server.asked.length = 0;
  resources = make();
});

afterEach(async () => {
  await resources.close();
  await rm(dataDir, { recursive: true, force: true });
});

function make(options: { mavenRepository?: string; roots?: string[] } = {}): Resources {
  return new Resources({ clock, dataDir, env: {}, home: join(dataDir, "home"), ...options });
}

async function readFileOf(url: string, checksums = {}): Promise<string> {
  return await readFile(await resources.file(url, work, checksums), "utf8");
}

test("read follows redirects, and gives up on a circle of them", async () => {
  expect((await resources.read(`${server.url}/moved`, work)).toString()).toBe("content v1");
  await expect(resources.read(`${server.url}/round`, work)).rejects.toThrow(/redirected more than/);
});

test("read tells what is not there from what failed", async () => {
  await expect(resources.read(`${server.url}/none`, work)).rejects.toMatchObject({ code: "not-found", details: { status: 404 } });
  await expect(resources.read(`${server.url}/error`, work)).rejects.toMatchObject({ code: "download-failed", details: { status: 503 } });
});

test("read sends the user of the URL and never shows the password", async () => {
  const address = server.url.replace("://", "://me:geheim@");
  expect((await resources.read(`${address}/private`, work)).toString()).toBe("inside");
  const error = await resources.read(`${address}/none`, work).catch((thrown: unknown) => thrown);
  expect(JSON.stringify([String(error), (error as { details: unknown }).details])).not.toContain("geheim");
});

test("read and file end when the work is cancelled", async () => {
  const reading = resources.read(`${server.url}/hang`, work);
  const bringing = resources.file(`${server.url}/hang`, work);
  const outcome = Promise.allSettled([reading, bringing]);
  while (server.asked.length < 2) await new Promise((resolve) => setImmediate(resolve));
  work.cancel();
  expect((await outcome).map(({ status, ...rest }) => [status, String((rest as { reason?: unknown }).reason)])).toEqual([
    ["rejected", "Error: Cancelled by a test"],
    ["rejected", "Error: Cancelled by a test"],
  ]);
  expect(await readdir(dataDir)).toEqual([]);
});

test("file downloads once for all who ask at the same time", async () => {
  const files = await Promise.all([1, 2, 3].map(() => resources.file(`${server.url}/file.txt`, work)));
  expect(new Set(files).size).toBe(1);
  expect(server.asked).toEqual(["/file.txt"]);
});

test("file asks the server whether what is kept is current", async () => {
  expect(await readFileOf(`${server.url}/file.txt`)).toBe("content v1");
  await clock.advance(120_000);
  expect(await readFileOf(`${server.url}/file.txt`)).toBe("content v1");
  version = "v2";
  await clock.advance(120_000);
  expect(await readFileOf(`${server.url}/file.txt`)).toBe("content v2");
  expect(server.asked).toHaveLength(3);
});

test("file uses what is kept when the server cannot be reached, and says so", async () => {
  await readFileOf(`${server.url}/file.txt`);
  await clock.advance(120_000);
  isDown = true;
  expect(await readFileOf(`${server.url}/file.txt`)).toBe("content v1");
  expect(work.streams["stdout"]).toMatch(/Cannot download .*; using what was downloaded before/);
});

test("file refuses content whose checksum does not match, and leaves none of it", async () => {
  const wrong = resources.file(`${server.url}/file.txt`, work, { sha512: "0".repeat(128) });
  await expect(wrong).rejects.toMatchObject({ code: "download-failed", details: { mismatch: true } });
  expect((await readdir(join(dataDir, "cache"), { recursive: true })).filter((name) => /file\.txt|\/\.[0-9a-f]/.test(name))).toEqual([]);
});

test("file with a known checksum needs no word from the server once it has the content", async () => {
  const checksums = { sha256: sha("sha256", "content v1") };
  await readFileOf(`${server.url}/file.txt`, checksums);
  isDown = true;
  await clock.advance(120_000);
  expect(await readFileOf(`${server.url}/file.txt`, checksums)).toBe("content v1");
  expect(server.asked).toHaveLength(1);
});

test("mvn: URLs come from the configured repository, verified, and are kept", async () => {
  resources = make({ mavenRepository: `${server.url}/repo/` });
  expect(await readFileOf("mvn:io.brooklyn.example:web:0.6.0:war")).toBe("war of the repository");
  isDown = true;
  expect(await readFileOf("mvn:io.brooklyn.example/web/0.6.0/war")).toBe("war of the repository");
  expect(server.asked).toEqual([`/repo/${WAR}.sha1`, `/repo/${WAR}`]);
});

test("mvn: content that does not match its .sha1 is refused", async () => {
  resources = make({ mavenRepository: `${server.url}/repo` });
  await expect(resources.file("mvn:a:b:1", work)).rejects.toMatchObject({ code: "download-failed", details: { mismatch: true } });
});

test("Maven-style http URLs come from the configured repository", async () => {
  resources = make({ mavenRepository: `${server.url}/repo` });
  for (const url of [`http://search.invalid/remotecontent?filepath=${WAR}`, `https://repository.invalid/maven2/${WAR}`]) {
    expect((await resources.read(url, work)).toString()).toBe("war of the repository");
  }
});

test("without a Maven repository the error says how to give one", async () => {
  await expect(resources.file("mvn:a:b:1", work)).rejects.toMatchObject({ code: "download-failed", remedy: expect.stringContaining("maven.repository") });
});

test("the mirror of Maven's settings is the repository", async () => {
  await mkdir(join(dataDir, "home", ".m2"), { recursive: true });
  await writeFile(join(dataDir, "home", ".m2", "settings.xml"), `<settings><!-- <mirror><url>no</url></mirror> --><mirrors><mirror><id>m</id><url>${server.url}/repo</url><mirrorOf>*</mirrorOf></mirror></mirrors></settings>`);
  expect(await readFileOf("mvn:io.brooklyn.example:web:0.6.0:war")).toBe("war of the repository");
});

test("mvn: URLs that are none are refused", async () => {
  for (const url of ["mvn:a:b", "mvn:a:../b:1", "mvn:a:b:1-SNAPSHOT", "mvn:a:b:1:war:c:d"]) await expect(resources.file(url, work)).rejects.toMatchObject({ code: "invalid-value" });
});

test("classpath: finds files of the roots, never outside of them, and knows the nearest name", async () => {
  const root = join(dataDir, "root");
  await mkdir(join(root, "tomcat"), { recursive: true });
  await writeFile(join(root, "tomcat", "server.xml"), "<Server/>");
  await writeFile(join(dataDir, "secret"), "secret");
  resources = make({ roots: [root] });
  for (const url of ["classpath://tomcat/server.xml", "classpath:tomcat/server.xml", "classpath:///tomcat/server.xml"]) expect((await resources.read(url, work)).toString()).toBe("<Server/>");
  for (const url of ["classpath://../secret", "classpath:tomcat/../../secret", "classpath://%2e%2e/secret"]) await expect(resources.read(url, work)).rejects.toMatchObject({ code: "not-found" });
  await expect(resources.read("classpath://tomcat/servr.xml", work)).rejects.toMatchObject({ remedy: 'Did you mean "classpath://tomcat/server.xml"?' });
});

test("classpath: makes an archive of a folder of sources, the same each time", async () => {
  const root = join(dataDir, "root");
  await mkdir(join(root, "app", "WEB-INF"), { recursive: true });
  await writeFile(join(root, "app", "index.jsp"), "hello");
  await writeFile(join(root, "app", "WEB-INF", "web.xml"), "<web-app/>");
  resources = make({ roots: [root] });
  const [first, second] = await Promise.all([resources.file("classpath:app.war", work), resources.file("classpath://app.war", work)]);
  expect(first).toBe(second);
  expect(first.endsWith("/app.war")).toBe(true);
  expect(Object.keys(unzipSync(await readFile(first)))).toEqual(["WEB-INF/web.xml", "index.jsp"]);
});

test("addresses of 2014 that no longer answer have stand-ins, which are never asked for over the network", async () => {
  for (const url of ["https://s3-eu-west-1.amazonaws.com/brooklyn-clocker/UsesJavaDockerfile", "http://brooklyn-docker.s3.amazonaws.com/UsesJavaDockerfile", "classpath://brooklyn/entity/container/docker/ubuntu/UsesJavaDockerfile"]) {
    expect((await resources.read(url, work)).toString()).toMatch(/^FROM /m);
  }
  expect(work.streams["stdout"]).toContain("https://s3-eu-west-1.amazonaws.com/brooklyn-clocker/UsesJavaDockerfile no longer answers: using classpath://dockerfiles/UsesJava/Dockerfile");
  const war = await readFile(await resources.file("https://s3-eu-west-1.amazonaws.com/brooklyn-clocker/hello-world.war", work));
  expect(Object.keys(unzipSync(war))).toContain("index.jsp");
});

test("paths, file: and data: URLs are read as they are", async () => {
  const path = join(dataDir, "a file.txt");
  await writeFile(path, "here");
  expect(await readFileOf(path)).toBe("here");
  expect(await readFileOf(`file://${path.replaceAll(" ", "%20")}`)).toBe("here");
  expect(await readFileOf("data:text/plain,a%20b")).toBe("a b");
  expect(await readFileOf("data:;base64,aGVsbG8=")).toBe("hello");
  await expect(resources.read(`${path}.none`, work)).rejects.toMatchObject({ code: "not-found" });
  await expect(resources.read("relative/path", work)).rejects.toMatchObject({ code: "invalid-value" });
  await expect(resources.read("gopher://host/x", work)).rejects.toMatchObject({ code: "invalid-value" });
});
