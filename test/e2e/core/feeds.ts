import { expect, it } from "vitest";
import { deployed, type Place, type Places } from "../../support/places.ts";
import { SHELL, SLEEP, web } from "./commands.ts";

/** Sensors that are read from the machine, and what enrichers make of them. */
export function feedsOn(place: Place, places: () => Places): void {
  it(`${place}: sensors are read by commands and over HTTP, with their types, as what they read changes`, async () => {
    const base = web(18_500, '{"hits": 7, "list": [{"name": "first"}]}');
    const own = '$brooklyn:formatString("http://%s/", attributeWhenReady("mapped.web.port"))';
    const uri = place === "container" ? own : '$brooklyn:formatString("http://%s:%s/", attributeWhenReady("host.address"), attributeWhenReady("web.port"))';
    const initializers = [
      SHELL,
      { type: "ssh-command-sensor", "brooklyn.config": { name: "count", targetType: "integer", period: "500ms", command: "cat count", "value.on.error": -1 } },
      { type: "ssh-command-sensor", "brooklyn.config": { name: "greeting", command: 'echo "$WHO in $(basename "$PWD")"', executionDir: "/tmp", "shell.env": { WHO: '$brooklyn:config("who")' } } },
      { type: "command-sensors", "brooklyn.config": { command: "echo a=1; echo b=two; echo unknown=3", period: "500ms", sensors: { a: { type: "integer" }, second: { key: "b" } } } },
      { type: "http-request-sensor", "brooklyn.config": { name: "hits", targetType: "integer", uri, jsonPath: "$.hits", period: "500ms" } },
      { type: "http-request-sensor", "brooklyn.config": { name: "first.name", uri, jsonPath: "$.list[0].name", period: "500ms" } },
      { type: "static-sensor", "brooklyn.config": { name: "web.uri", targetType: "java.net.URI", "static.value": uri } },
      { type: "create-password-sensor", "brooklyn.config": { name: "pass.word", "password.length": 20 } },
      { type: "ssh-command-effector", "brooklyn.config": { name: "greet", command: 'echo "Hello $WHO, from $FROM"', "shell.env": { FROM: '$brooklyn:config("who")' }, parameters: { WHO: { description: "Whom", defaultValue: "you" } } } },
    ];
    const service = { ...base, name: "web", "brooklyn.config": { ...(base["brooklyn.config"] as object), who: "somebody" }, "brooklyn.initializers": initializers };
    await deployed(places(), { name: "feeds", location: places().location(place), services: [service] }, async (app) => {
      await app.becomes("web", "hits", (hits) => hits === 7);
      await app.becomes("web", "first.name", (name) => name === "first");
      await app.becomes("web", "count", (count) => count === -1);
      await app.invoke("web", "sh", { COMMAND: "echo 41 > count" });
      await app.becomes("web", "count", (count) => count === 41);
      await app.becomes("web", "second", (value) => value === "two");
      await app.becomes("web", "web.uri", (value) => /^http:\/\/[\d.]+:\d+\/$/.test(String(value)));
      expect(await app.sensors("web")).toMatchObject({ a: 1, greeting: "somebody in tmp" });
      expect(JSON.stringify(await app.sensors("web"))).not.toContain("unknown");
      expect(await app.invoke("web", "greet")).toBe("Hello you, from somebody");
      expect(await app.invoke("web", "greet", { WHO: "all" })).toBe("Hello all, from somebody");
      await app.invoke("web", "sh", { COMMAND: `echo '{"hits": 8}' > index.html` });
      await app.becomes("web", "hits", (hits) => hits === 8);
    });
  });

  it(`${place}: enrichers compute on what was read`, async () => {
    const number = (name: string): object => ({ type: "ssh-command-sensor", "brooklyn.config": { name, targetType: "double", period: "500ms", command: `cat ${name}` } });
    const enricher = (type: string, config: object): object => ({ type: `org.apache.brooklyn.enricher.stock.${type}`, "brooklyn.config": config });
    const process = (name: string, a: number, b: number): Record<string, unknown> => ({
      type: "vanilla",
      id: name,
      name,
      "brooklyn.config": { "launch.command": `echo ${a} > a; echo ${b} > b; ${SLEEP}` },
      "brooklyn.initializers": [SHELL, number("a"), number("b")],
      "brooklyn.enrichers": [
        enricher("Combiner", { "enricher.sourceSensors": ["a", "b"], "enricher.targetSensor": "sum", transformation: "sum" }),
        enricher("Transformer", { "enricher.triggerSensors": ["sum"], "enricher.targetSensor": "text", "enricher.targetValue": '$brooklyn:formatString("sum is %s", attributeWhenReady("sum"))' }),
        enricher("PercentageEnricher", { "enricher.sourceCurrentSensor": "a", "enricher.sourceTotalSensor": "b", "enricher.targetSensor": "share" }),
        enricher("Reducer", { "enricher.sourceSensors": ["a", "b"], "enricher.targetSensor": "both", "enricher.reducerFunction.transformation": "joiner", "enricher.reducerFunction.parameters": { separator: "-" } }),
        enricher("UpdatingMap", { "enricher.sourceSensor": "a", "enricher.targetSensor": "service.notUp.indicators", "enricher.updatingMap.computing": { 13: "a is 13" } }),
        enricher("YamlRollingTimeWindowMeanEnricher", { "enricher.sourceSensor": "a", "enricher.targetSensor": "a.mean", "enricher.window.duration": "1s" }),
      ],
    });
    const fromBoth = { "enricher.aggregating.fromChildren": true };
    const blueprint = {
      name: "enriched",
      location: places().location(place),
      services: [process("one", 1, 4), process("two", 3, 6)],
      "brooklyn.enrichers": [
        enricher("Aggregator", { "enricher.sourceSensor": "sum", "enricher.targetSensor": "sum.all", transformation: "sum", ...fromBoth }),
        enricher("Aggregator", { "enricher.sourceSensor": "text", "enricher.targetSensor": "texts", ...fromBoth }),
        enricher("Joiner", { "enricher.sourceSensor": "texts", "enricher.targetSensor": "texts.joined", separator: "; ", "enricher.joiner.quote": false }),
        enricher("Propagator", { "enricher.producer": '$brooklyn:component("two")', "enricher.propagating.sensorMapping": { share: "share.of.two" } }),
        enricher("MapAggregator", { "enricher.keySensor": "run.dir", "enricher.valueSensor": "a", "enricher.targetSensor": "a.by.folder", ...fromBoth }),
      ],
    };
    await deployed(places(), blueprint, async (app) => {
      await app.becomes("enriched", "sum.all", (sum) => sum === 14);
      await app.becomes("enriched", "texts.joined", (text) => text === "sum is 5; sum is 9" || text === "sum is 5.0; sum is 9.0");
      await app.becomes("enriched", "share.of.two", (share) => share === 0.5);
      await app.becomes("one", "a.mean", (mean) => mean === 1);
      expect(await app.sensors("one")).toMatchObject({ sum: 5, share: 0.25, both: expect.stringMatching(/^1(\.0)?-4(\.0)?$/) as string });
      expect(Object.values((await app.sensors("enriched"))["a.by.folder"] as object).toSorted((a, b) => Number(a) - Number(b))).toEqual([1, 3]);
      await app.invoke("two", "sh", { COMMAND: "echo 13 > a" });
      await app.becomes("enriched", "sum.all", (sum) => sum === 24);
      await app.becomes("two", "service.isUp", (isUp) => isUp === false);
      await app.invoke("two", "sh", { COMMAND: "echo 3 > a" });
      await app.becomes("two", "service.isUp", (isUp) => isUp === true);
    });
  });
}
