import { execFile } from "node:child_process";
import { chmod, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** What of Java and Tomcat the bundle's scripts see: answers to `-version`, keeps its arguments, serves the two ports. */
const JAVA = `#!${process.execPath}
const { createServer } = require("node:http");
const { writeFileSync, existsSync } = require("node:fs");
const args = process.argv.slice(2);
if (args[0] === "-version") {
  console.error('openjdk version "17.0.1" 2021-10-19');
  process.exit(0);
}
const property = (name) => args.find((arg) => arg.startsWith("-D" + name + "="))?.slice(name.length + 3);
writeFileSync(property("catalina.base") + "/arguments.json", JSON.stringify(args));
if (property("stub.fails") !== undefined) {
  console.log("SEVERE: the stub was told to fail");
  process.exit(1);
}
let requests = 0;
const metrics = () => JSON.stringify({ "webapp.tomcat.connectorStatus": "STARTED", "webapp.deployedWars": ["/"], "webapp.reqs.total": requests, "webapp.reqs.errors": 0 });
createServer((_request, response) => { requests++; response.end("hello"); }).listen(Number(property("clocker.http.port")));
createServer((_request, response) => response.end(metrics())).listen(Number(property("clocker.metrics.port")), "127.0.0.1");
`;

/** A home of Java, and a local repository with an archive of Tomcat, that start in a moment and need neither. */
export async function stubTomcat(folder: string, version: string): Promise<{ javaHome: string; repository: string }> {
  const javaHome = join(folder, "java");
  await mkdir(join(javaHome, "bin"), { recursive: true });
  await writeFile(join(javaHome, "bin", "java"), JAVA);
  await chmod(join(javaHome, "bin", "java"), 0o755);
  const repository = join(folder, "repository");
  const tomcat = join(folder, `apache-tomcat-${version}`);
  await mkdir(join(tomcat, "conf"), { recursive: true });
  await mkdir(join(tomcat, "lib"), { recursive: true });
  await writeFile(join(tomcat, "conf", "web.xml"), "<web-app/>");
  await writeFile(join(tomcat, "lib", "ecj-4.27.jar"), "");
  await mkdir(join(repository, "TomcatServer", version), { recursive: true });
  await run("tar", ["czf", join(repository, "TomcatServer", version, `apache-tomcat-${version}.tar.gz`), "-C", folder, `apache-tomcat-${version}`]);
  return { javaHome, repository };
}
