import { expect, test } from "vitest";
import { parseLocationSpec } from "./location-spec.ts";

test.each([
  ["localhost", "localhost", [], {}],
  ["local(minRam=2g)", "local", [], { minRam: "2g" }],
  ['byon:(hosts="1.2.3.4, 1.2.3.5", user=bob)', "byon", [], { hosts: "1.2.3.4, 1.2.3.5", user: "bob" }],
  ["byon(hosts=10.9.2.{10,11,20-29},port=2222)", "byon", [], { hosts: "10.9.2.{10,11,20-29}", port: "2222" }],
  ["host:(1.2.3.4)", "host", [], { host: "1.2.3.4" }],
  ["docker:abc:def", "docker", ["abc", "def"], {}],
  ['docker:abc:(name="my-docker-cloud")', "docker", ["abc"], { name: "my-docker-cloud" }],
  ["jclouds:aws-ec2:us-east-1", "jclouds", ["aws-ec2", "us-east-1"], {}],
  ["my-docker-cloud", "my-docker-cloud", [], {}],
  ["My Office", "My Office", [], {}],
])("parseLocationSpec reads %s", (text, prefix, path, args) => {
  expect(parseLocationSpec(text)).toEqual({ text, prefix, path, arguments: args });
});

test.each(["", "(a=b)", "byon:(hosts=", "a b:(=", 'byon(hosts="unclosed)'])("parseLocationSpec refuses %s", (text) => {
  expect(() => parseLocationSpec(text)).toThrow(/Invalid location/);
});
