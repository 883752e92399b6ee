import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { isKnownKey, nearestKey } from "./unknown-keys.ts";
import { parseProperties } from "./parse-properties.ts";
import { Properties } from "./properties.ts";
import { isSlipOf } from "./slip.ts";

function propertiesOf(text: string): Properties {
  return Properties.of(Object.fromEntries(parseProperties(text, "x").map(({ key, value }) => [key, value])));
}

describe("Properties.namedLocations", () => {
  it("gives name, spec, display name and config, names with blanks included", () => {
    const properties = propertiesOf(`
      brooklyn.location.named.My\\ Docker\\ Host=byon:(hosts="10.0.0.1")
      brooklyn.location.named.My\\ Docker\\ Host.displayName=The host
      brooklyn.location.named.My\\ Docker\\ Host.user=root
      brooklyn.location.named.My\\ Docker\\ Host.loginUser.privateKeyFile=~/.ssh/id_rsa
      brooklyn.location.named.ec2=jclouds:aws-ec2:us-east-1
      brooklyn.location.named.ec22.user=not-of-ec2
    `);
    expect(properties.namedLocations()).toEqual([
      {
        name: "My Docker Host",
        spec: 'byon:(hosts="10.0.0.1")',
        displayName: "The host",
        properties: { displayName: "The host", user: "root", "loginUser.privateKeyFile": "~/.ssh/id_rsa" },
      },
      { name: "ec2", spec: "jclouds:aws-ec2:us-east-1", displayName: undefined, properties: {} },
    ]);
  });

  it("takes hyphenated names as the new ones, which count more", () => {
    const properties = propertiesOf("brooklyn.location.named.a=localhost\nbrooklyn.location.named.a.private-key-file=old\nbrooklyn.location.named.a.privateKeyFile=new\nbrooklyn.location.named.a.display-name=A");
    expect(properties.namedLocations()[0]).toMatchObject({ displayName: "A", properties: { privateKeyFile: "new", displayName: "A" } });
  });

  it("does not make a location of properties without a spec, and says so", () => {
    const properties = propertiesOf("brooklyn.location.named.a.user=bob\nbrooklyn.location.named.a.port=22");
    expect(properties.namedLocations()).toEqual([]);
    expect(properties.warnings()).toEqual([expect.stringContaining('"a" has properties and no spec: add "brooklyn.location.named.a=SPEC"')]);
  });
});

describe("Properties.locationDefaults", () => {
  const properties = propertiesOf(`
    brooklyn.location.user=general
    brooklyn.location.minRam=general
    brooklyn.location.some.thing=of no provider
    brooklyn.location.loginUser.password=general
    brooklyn.location.byon.user=byon
    brooklyn.location.byon.deep.key=kept
    brooklyn.localhost.user=old localhost
    brooklyn.localhost.port=2222
    brooklyn.location.localhost.user=localhost
    brooklyn.jclouds.identity=old jclouds
    brooklyn.jclouds.minRam=old jclouds
    brooklyn.location.jclouds.identity=jclouds
    brooklyn.location.jclouds.user=jclouds
    brooklyn.location.jclouds.jclouds.ssh.max-retries=7
    brooklyn.jclouds.aws-ec2.image-id=old provider
    brooklyn.jclouds.aws-ec2.identity=old provider
    brooklyn.location.jclouds.aws-ec2.identity=provider
    brooklyn.location.jclouds.aws-ec2@us-east-1.identity=region
    brooklyn.location.jclouds.aws-ec2@us-east-1.imageId=region
    brooklyn.location.named.x.user=named
  `);

  it("takes single words for every provider, and a provider's own over them", () => {
    expect(properties.locationDefaults("byon")).toEqual({ user: "byon", minRam: "general", "deep.key": "kept" });
    expect(properties.locationDefaults("local")).toEqual({ user: "general", minRam: "general" });
  });

  it("takes the old names of localhost, under the new ones", () => {
    expect(properties.locationDefaults("localhost")).toEqual({ user: "localhost", minRam: "general", port: "2222" });
  });

  it("takes for a cloud: all clouds', the provider's, the region's, later ones winning", () => {
    const ofAll = { user: "jclouds", minRam: "old jclouds", "loginUser.password": "general", "jclouds.ssh.max-retries": "7" };
    expect(properties.locationDefaults("softlayer")).toEqual({ ...ofAll, identity: "jclouds" });
    expect(properties.locationDefaults("aws-ec2")).toEqual({ ...ofAll, identity: "provider", imageId: "old provider" });
    expect(properties.locationDefaults("aws-ec2", "us-west-2")).toEqual({ ...ofAll, identity: "provider", imageId: "old provider" });
    expect(properties.locationDefaults("aws-ec2", "us-east-1")).toEqual({ ...ofAll, identity: "region", imageId: "region" });
  });
});

describe("Properties.console", () => {
  it("is not configured without a security property", () => {
    const console = propertiesOf("brooklyn.webconsole.port=8443+").console();
    expect(console).toMatchObject({ configured: false, provider: undefined, users: [], anyUser: false, httpsRequired: false, port: "8443+" });
    expect(console.credentials("admin")).toBeUndefined();
  });

  it("gives the users, and what their passwords are checked against", () => {
    const console = propertiesOf(`
      brooklyn.webconsole.security.users=admin, j.doe ,
      brooklyn.webconsole.security.user.admin.password=hunter2
      brooklyn.webconsole.security.user.admin.sha256=ignored
      brooklyn.webconsole.security.user.j.doe.salt=OHDf
      brooklyn.webconsole.security.user.j.doe.sha256=91E16F94
      brooklyn.webconsole.security.https.required=true
    `).console();
    expect(console).toMatchObject({ configured: true, users: ["admin", "j.doe"], httpsRequired: true });
    const [admin, doe] = [console.credentials("admin"), console.credentials("j.doe")];
    expect(admin !== undefined && "password" in admin ? admin.password.reveal() : admin).toBe("hunter2");
    expect(doe !== undefined && "sha256" in doe ? [doe.salt, doe.sha256.reveal()] : doe).toEqual(["OHDf", "91e16f94"]);
    expect(inspect([console, admin, doe], { depth: 5 })).not.toMatch(/hunter2|91e16f94/i);
  });

  it("lets every user with credentials in for *", () => {
    expect(propertiesOf("brooklyn.webconsole.security.users=*").console()).toMatchObject({ users: [], anyUser: true });
  });
});

describe("Properties.warnings", () => {
  function warnings(text: string): string[] {
    return propertiesOf(text)
      .warnings()
      .map((warning) => warning.replace(/^given: /, ""));
  }

  it("has none for what is known, and for what is not ours", () => {
    const text = `
      brooklyn.webconsole.security.user.bob.password=x
      brooklyn.external.vault.token=x
      brooklyn.location.named.a.b=localhost
      brooklyn.location.named.a=localhost
      brooklyn.location.named.a.orgOfMyOwn=x
      brooklyn.location.jclouds.aws-ec2.identity=x
      brooklyn.location.jclouds.aws-ec2@us-east-1.identity=x
      brooklyn.location.localhost.enabled=false
      brooklyn.ssh.config.privateKeyFile=x
      my.own=1
      plain=1`;
    expect(warnings(text)).toEqual([]);
  });

  it.each([
    ["brooklyn.webconsole.securty.users", "brooklyn.webconsole.security.users"],
    ["brooklyn.webconsole.security.user.bob.pasword", "brooklyn.webconsole.security.user.bob.password"],
    ["brookyln.location.named.foo", "brooklyn.location.named.foo"],
    ["brooklyn.persistance.dir", "brooklyn.persistence.dir"],
    ["brooklyn.ssh.config.privatekeyfile", "brooklyn.ssh.config.privateKeyFile"],
    ["brooklyn.locations.foo", "brooklyn.location.foo"],
  ])("names what %s was meant to be", (key, meant) => {
    expect(warnings(`${key}=secret value`)).toEqual([`Unknown property "${key}"; did you mean "${meant}"?`]);
  });

  it("names an unknown property that is near to nothing", () => {
    expect(warnings("brooklyn.xyzzy.plugh.quux.frobnicate=1")).toEqual(['Unknown property "brooklyn.xyzzy.plugh.quux.frobnicate"']);
  });

  it("names the new form of old properties", () => {
    expect(warnings("brooklyn.jclouds.aws-ec2.identity=x\nbrooklyn.localhost.user=x\nbrooklyn.location.byon.private-key-file=x")).toEqual([
      'Old property "brooklyn.jclouds.aws-ec2.identity"; write "brooklyn.location.jclouds.aws-ec2.identity"',
      'Old property "brooklyn.localhost.user"; write "brooklyn.location.localhost.user"',
      'Old property "brooklyn.location.byon.private-key-file"; write "brooklyn.location.byon.privateKeyFile"',
    ]);
  });

  it("names slips in the keys of locations", () => {
    expect(warnings("brooklyn.location.named.a=localhost\nbrooklyn.location.named.a.identiy=x\nbrooklyn.location.jclouds.imageID=x\nbrooklyn.location.privateKeyFlie=x")).toEqual([
      'Property "brooklyn.location.named.a.identiy" is not one that locations have in common; did you mean "identity" for "identiy"?',
      'Property "brooklyn.location.jclouds.imageID" is not one that locations have in common; did you mean "imageId" for "imageID"?',
      'Property "brooklyn.location.privateKeyFlie" is not one that locations have in common; did you mean "privateKeyFile" for "privateKeyFlie"?',
    ]);
  });
});

describe("Properties.shown", () => {
  it("suppresses the values of secret names, with the tokens that are set", () => {
    expect(propertiesOf("a.password=hello-world\na.pin=1234").shown()).toEqual({ "a.password": "<suppressed> (MD5 hash prefix: 20953121)", "a.pin": "1234" });
    const shown = propertiesOf('brooklyn.security.sensitive.fields.tokens=["pin", secret]\na.password=x\na.PIN=1234').shown();
    expect(shown).toMatchObject({ "a.password": "x", "a.PIN": expect.stringMatching(/^<suppressed>/) });
  });

  it("does not show values when it is inspected or made JSON", () => {
    const properties = propertiesOf("a.password=hunter2");
    expect(inspect(properties) + JSON.stringify(properties)).not.toContain("hunter2");
  });
});

describe("Properties.get", () => {
  it("gives values as they are, and those under a prefix", () => {
    const properties = propertiesOf("brooklyn.external.v=a.B\nbrooklyn.external.v.token=$brooklyn:literal(\"x\")");
    expect(properties.get("brooklyn.external.v")).toBe("a.B");
    expect(properties.get("none")).toBeUndefined();
    expect([...properties.withPrefix("brooklyn.external.")]).toEqual([
      ["v", "a.B"],
      ["v.token", '$brooklyn:literal("x")'],
    ]);
  });
});

describe("isKnownKey", () => {
  it("wants something in place of a star", () => {
    expect([isKnownKey("brooklyn.external.x"), isKnownKey("brooklyn.external"), isKnownKey("brooklyn.external.")]).toEqual([true, false, false]);
    expect(nearestKey("brooklyn.ha.pollperiod")).toBe("brooklyn.ha.pollPeriod");
  });
});

describe("isSlipOf", () => {
  it.each([["identiy"], ["identitty"], ["identifty"], ["idnetity"], ["Identity"]])("takes %s for identity", (name) => expect(isSlipOf(name, "identity")).toBe(true));
  it.each([["identity"], ["space"], ["ident"], ["user"]])("does not take %s for it", (name) => expect(isSlipOf(name, "identity")).toBe(false));
  it("leaves short names alone", () => expect(isSlipOf("usr", "user")).toBe(false));
});
