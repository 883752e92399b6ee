import { describe, expect, test } from "vitest";
import { endpointName, isMappablePortSensor, isMappableUrlSensor, mappedName, mappedPort, mappedUrl, mappedValue } from "./mapped.ts";

const ports = { "8080/tcp": 49153, "80/tcp": 49160, "443/tcp": 49161, "3306/tcp": 49154, "5432/tcp": 49155, "5555/tcp": 49156, "1099/tcp": 49157, "53/udp": 49158, "1433/tcp": 49159 };
const address = { host: "10.0.0.7", ports };
const overIpv6 = { host: "2001:db8::7", ports };

describe("mappedPort", () => {
  test("is host:port, with brackets for IPv6", () => {
    expect(mappedPort(8080, address)).toBe("10.0.0.7:49153");
    expect(mappedPort(8080, overIpv6)).toBe("[2001:db8::7]:49153");
    expect(mappedPort(8080, { ...address, host: "[::1]" })).toBe("[::1]:49153");
  });

  test("finds udp, and ports written without a protocol", () => {
    expect(mappedPort(53, address)).toBe("10.0.0.7:49158");
    expect(mappedPort(22, { host: "h", ports: { "22": 49000 } })).toBe("h:49000");
  });

  test("is undefined for a port that isn't published: the original made it -1", () => {
    expect(mappedPort(9999, address)).toBeUndefined();
  });
});

describe("mappedUrl", () => {
  test.each([
    ["http://172.17.0.2:8080/", "http://10.0.0.7:49153/"],
    ["http://172.17.0.2:8080", "http://10.0.0.7:49153"],
    ["http://172.17.0.2/a/b?c=d&e=http://x:8080/#f", "http://10.0.0.7:49160/a/b?c=d&e=http://x:8080/#f"],
    ["https://web?x", "https://10.0.0.7:49161?x"],
    ["HTTP://web/", "HTTP://10.0.0.7:49160/"],
    ["mysql://172.17.0.2:3306/", "mysql://10.0.0.7:49154/"],
    ["mysql://172.17.0.2/", "mysql://10.0.0.7:49154/"],
    ["jdbc:mysql://172.17.0.2/visitors?user=u&password=p", "jdbc:mysql://10.0.0.7:49154/visitors?user=u&password=p"],
    ["postgresql://user:p%40ss@db/app", "postgresql://user:p%40ss@10.0.0.7:49155/app"],
    ["postgresql://user:p@ss@db:5432/app", "postgresql://user:p@ss@10.0.0.7:49155/app"],
    ["jdbc:sqlserver://db:1433;databaseName=x", "jdbc:sqlserver://10.0.0.7:49159;databaseName=x"],
    ["http://[fe80::1]:8080/x", "http://10.0.0.7:49153/x"],
    ["http://[::1]/", "http://10.0.0.7:49160/"],
    ["service:jmx:jmxmp://172.17.0.2:5555", "service:jmx:jmxmp://10.0.0.7:49156"],
    ["service:jmx:rmi://172.17.0.2:5555/jndi/rmi://172.17.0.2:1099/jmxrmi", "service:jmx:rmi://10.0.0.7:49156/jndi/rmi://10.0.0.7:49157/jmxrmi"],
  ])("maps %s", (url, mapped) => {
    expect(mappedUrl(url, address)).toBe(mapped);
  });

  test("writes an IPv6 host in brackets", () => {
    expect(mappedUrl("http://web:8080/x", overIpv6)).toBe("http://[2001:db8::7]:49153/x");
  });

  test.each([
    "http://172.17.0.2:9999/",
    "unknown://172.17.0.2/",
    "constructor://172.17.0.2/",
    "couchbase://10.0.0.1,10.0.0.2/",
    "mongodb://a:27017,b:8080/db",
    "file:///etc/passwd",
    "mailto:a@b",
    "http://:8080/",
    "http://host:port/",
    "not a url",
    "",
  ])("leaves %j as it is", (url) => {
    expect(mappedUrl(url, address)).toBe(url);
  });

  test("leaves a URL of somewhere else as it is, when the container's own names are known", () => {
    const known = { ...address, own: ["172.17.0.2", "Web"] };
    expect(mappedUrl("http://web:8080/", known)).toBe("http://10.0.0.7:49153/");
    expect(mappedUrl("http://example.com:8080/", known)).toBe("http://example.com:8080/");
  });
});

describe("isMappableUrlSensor", () => {
  test.each([
    ["webapp.url", "java.lang.String"],
    ["datastore.url", "java.lang.String"],
    ["broker.url", "java.lang.String"],
    ["couchbase.webAdminUrl", "java.lang.String"],
    ["jmx.service.url", "java.lang.String"],
    ["main.uri", "java.net.URI"],
    ["console", "java.net.URL"],
    ["console", "uri"],
  ])("is true of %s, a %s", (name, typeName) => {
    expect(isMappableUrlSensor(name, typeName)).toBe(true);
  });

  test.each([
    ["download.url", "java.lang.String"],
    ["driver.download.url", "java.net.URI"],
    ["couchbase.cluster.connection.url", "java.lang.String"],
    ["mapped.webapp.url", "java.lang.String"],
    ["main.uri.mapped.public", "java.net.URI"],
    ["host.name", "java.lang.String"],
    ["curl", "java.lang.String"],
    ["http.port", "java.lang.Integer"],
  ])("is false of %s, a %s", (name, typeName) => {
    expect(isMappableUrlSensor(name, typeName)).toBe(false);
  });
});

describe("isMappablePortSensor", () => {
  test.each(["http.port", "https.port", "jmx.direct.port", "rmi.registry.port", "tomcat.shutdownport", "webapp.jboss.managementHttpPort", "docker.port.8080", "port"])("is true of %s", (name) => {
    expect(isMappablePortSensor(name, "java.lang.Integer")).toBe(true);
  });

  test.each([
    ["http.port", "java.lang.String"],
    ["mapped.http.port", "java.lang.Integer"],
    ["webapp.jboss.portIncrement", "java.lang.Integer"],
    ["docker.port.http", "java.lang.Integer"],
    ["network.transport", "java.lang.Integer"],
  ])("is false of %s, a %s", (name, typeName) => {
    expect(isMappablePortSensor(name, typeName)).toBe(false);
  });
});

describe("mappedValue", () => {
  test("is the article's example", () => {
    expect(mappedName("http.port")).toBe("mapped.http.port");
    expect(mappedValue({ name: "http.port", typeName: "java.lang.Integer", value: 8080 }, address)).toBe("10.0.0.7:49153");
    expect(mappedValue({ name: "docker.port.8080", typeName: "java.lang.Integer", value: "8080" }, address)).toBe("10.0.0.7:49153");
    expect(mappedValue({ name: "webapp.url", typeName: "java.lang.String", value: "http://172.17.0.2:8080/" }, address)).toBe("http://10.0.0.7:49153/");
    expect(mappedValue({ name: "main.uri", typeName: "java.net.URI", value: new URL("http://172.17.0.2:8080/") }, address)).toBe("http://10.0.0.7:49153/");
  });

  test.each([
    ["http.port", "java.lang.Integer", undefined],
    ["http.port", "java.lang.Integer", null],
    ["webapp.url", "java.lang.String", undefined],
    ["webapp.url", "java.lang.String", 3],
    ["host.name", "java.lang.String", "web:8080"],
  ])("is undefined for %s, a %s, of %j", (name, typeName, value) => {
    expect(mappedValue({ name, typeName, value }, address)).toBeUndefined();
  });
});

describe("endpointName", () => {
  test("renames the part that is port", () => {
    expect(endpointName("http.port")).toBe("http.endpoint");
    expect(endpointName("docker.port.8080")).toBe("docker.endpoint.8080");
    expect(endpointName("port.range")).toBe("endpoint.range");
    expect(endpointName("transport")).toBe("transport");
  });
});
