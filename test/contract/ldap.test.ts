import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createApi } from "../../src/api/api.ts";
import { rulesWith } from "../../src/api/security/access-rules.ts";
import { gateOf } from "../../src/api/security/users.ts";
import { Properties } from "../../src/management/properties/properties.ts";
import { fakeServer } from "../support/fake-server.ts";
import { type Entry, startSlapd, type TestSlapd } from "../support/slapd.ts";

/** Against a real OpenLDAP: who may come in, and as what. */
const P = "brooklyn.webconsole.security.";
const dn = (cn: string, ou = "Users") => `cn=${cn.replace(",", "\\,")},ou=${ou},dc=example,dc=org`;
const person = (cn: string, userPassword: string): Entry => [dn(cn), { objectClass: ["inetOrgPerson"], cn, sn: cn, uid: cn.toLowerCase(), userPassword }];
const group = (cn: string, member: string[]): Entry => [dn(cn, "Groups"), { objectClass: ["groupOfNames"], cn, member }];
const unit = (ou: string): Entry => [`ou=${ou},dc=example,dc=org`, { objectClass: ["organizationalUnit"], ou }];
let slapd: TestSlapd;

beforeAll(async () => {
  slapd = await startSlapd([
    ...[unit("Users"), unit("Groups")],
    ...[person("alice", "wonderland"), person("bob", "builder"), person("o'neil, jr", "comma"), person("nobody", "alone")],
    ...[group("watchers", [dn("bob")]), group("operators", [dn("alice")]), group("admins", [dn("operators", "Groups")])],
  ]);
});
afterAll(() => slapd.stop());

const settings = (more: Record<string, string> = {}) => ({
  [`${P}provider`]: "org.apache.brooklyn.rest.security.provider.LdapSecurityProvider",
  [`${P}ldap.url`]: slapd.url,
  [`${P}ldap.realm`]: '"example.org"',
  ...Object.fromEntries(Object.entries(more).map(([key, value]) => [key.includes(".entitle") || key.startsWith("roles") ? key : `${P}ldap.${key}`, value])),
});

function signIn(user: string, password: string, more: Record<string, string> = {}) {
  const gate = gateOf(Properties.of(settings(more)).console());
  if (gate.kind !== "users") throw new Error("The gate is open");
  return gate.accepts(user, password);
}

describe("a directory", () => {
  it("lets in who can bind with name and password, and nobody else", async () => {
    expect(await signIn("alice", "wonderland")).toEqual({ user: "alice" });
    expect(await signIn("o'neil, jr", "comma")).toEqual({ user: "o'neil, jr" });
    for (const [user, password] of [["alice", "builder"], ["alice", ""], ["carol", "x"], ["", "x"], ["alice,ou=Users", "wonderland"], ["*", "wonderland"]] as const) expect([user, await signIn(user, password)]).toEqual([user, undefined]);
  });

  it("is not asked about names that the patterns leave out", async () => {
    expect(await signIn("alice", "wonderland", { user_name_regex: "[a-f]+" })).toBeUndefined();
    expect(await signIn("alice", "wonderland", { user_name_regex: "[a-z]+" })).toEqual({ user: "alice" });
    expect(await signIn("EVIL\\alice", "wonderland", { allowed_realms_regex: "EXAMPLE" })).toBeUndefined();
  });

  it("tells the groups: of the user's entry, or those that hold the user; of which only those with a role count", async () => {
    const groups = async (more: Record<string, string>, user = "alice", password = "wonderland") => (await signIn(user, password, { fetch_user_group: "true", ...more }))?.groups;
    expect(await groups({ group_ou: "Groups" })).toEqual(["operators"]);
    expect(await groups({ group_ou: "Groups", recursive: "true" })).toEqual(["operators", "admins"]);
    expect(await groups({ group_ou: "Groups", group_filter: "(cn=watchers)" })).toBeUndefined();
    expect(await groups({ group_ou: "Groups", recursive: "true", group_config_key: "roles", "roles.admins": "root" })).toEqual(["admins"]);
    expect(await groups({ group_ou: "Groups" }, "nobody", "alone")).toBeUndefined();
  });

  it("gives roles by groups, over HTTP", async () => {
    const properties = settings({ fetch_user_group: "true", group_ou: "Groups", recursive: "true", group_config_key: "roles", "roles.admins": "root", "roles.watchers": "readonly" });
    const server = fakeServer({ properties });
    const api = await createApi(server, { rulesOf: (values) => rulesWith({ gate: gateOf(values.console()), isLocalOnly: false }, values) });
    const deploy = async (user: string, password: string) => {
      const authorization = `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;
      return (await api.inject({ method: "POST", url: "/v1/applications", headers: { authorization }, payload: "services: [{type: test-service}]" })).statusCode;
    };
    expect([await deploy("alice", "wonderland"), await deploy("bob", "builder"), await deploy("nobody", "alone"), await deploy("bob", "x")]).toEqual([201, 403, 401, 401]);
    await api.close();
    await server.close();
  });

  it("that does not answer is told of, and is nobody's fault", async () => {
    await expect(signIn("alice", "wonderland", { url: "ldap://127.0.0.1:1" })).rejects.toMatchObject({ code: "unreachable", message: "Cannot ask the directory at ldap://127.0.0.1:1 who you are" });
  });

  it("is refused at the start with settings that cannot be right", () => {
    const gate = (more: Record<string, string>) => () => gateOf(Properties.of(settings(more)).console());
    expect(gate({ url: "http://x" })).toThrow("expected ldap://HOST:PORT");
    expect(gate({ fetch_user_group: "maybe" })).toThrow("expected true or false");
    expect(gate({ user_name_regex: "(" })).toThrow("ldap.user_name_regex");
    expect(gate({ group_filter: "(cn=" })).toThrow("ldap.group_filter");
  });
});
