/**
 * A blueprint of so many services as people write them: names, ids, config of several kinds, references to each other, enrichers here and there.
 * @param type what they are; software processes unless given, which need machines when they are started
 */
export function manyServices(count: number, type?: string): string {
  const services = Array.from({ length: count }, (_, number) => service(number, type)).flat();
  return ["name: Many services", "description: |", "  A large application,", "  as a program would write it", "services:", ...services, ""].join("\n");
}

function service(number: number, type = number % 4 === 0 ? "org.apache.brooklyn.entity.software.base.VanillaSoftwareProcess" : "org.apache.brooklyn.entity.software.base.EmptySoftwareProcess"): string[] {
  return [
    `- type: ${type}`,
    `  id: service-${number}`,
    `  name: Service ${number}`,
    "  brooklyn.config:",
    "    shell.env:",
    `      NUMBER: ${number}`,
    `      PEER: $brooklyn:component("service-${(number + 1) % 1_000}").attributeWhenReady("host.address")`,
    `      URL: $brooklyn:formatString("http://%s:%s/", attributeWhenReady("host.address"), 8080)`,
    "    install.timeout: 5m",
    `    customize.command: "mkdir -p /srv/data-${number}"`,
    ...(number % 4 === 0 ? ["    launch.command: |", `      exec 3>&1`, `      nohup sleep 1000 & echo $! > "$PID_FILE"`] : []),
    ...(number % 10 === 0
      ? ["  brooklyn.enrichers:", "  - type: org.apache.brooklyn.enricher.stock.Transformer", "    brooklyn.config:", "      enricher.sourceSensor: $brooklyn:sensor(\"host.address\")", "      enricher.targetSensor: $brooklyn:sensor(\"peer.url\")", "      enricher.targetValue: $brooklyn:attributeWhenReady(\"host.address\")"]
      : []),
    "  brooklyn.tags: [ bench ]",
  ];
}
