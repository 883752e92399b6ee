/** The parts of a URL, as they are written: joined again as `scheme://` + user + authority + rest they give the same text. */
export interface UrlParts {
  /** With prefixes: `jdbc:mysql`, `service:jmx:jmxmp`. */
  scheme: string;
  /** With its `@`; empty when there is none. */
  user: string;
  /** Host and port as written. */
  authority: string;
  /** Without brackets. */
  host: string;
  port: number | undefined;
  /** Path, query and fragment. */
  rest: string;
}

/** Undefined when it isn't a URL with one host. Not `new URL`, which knows no `jdbc:` and writes what it reads in another way. */
export function splitUrl(url: string): UrlParts | undefined {
  const match = /^((?:[a-z][a-z\d+.-]*:)*[a-z][a-z\d+.-]*):\/\/([^/?#]*)(.*)$/is.exec(url);
  const [, scheme, wholeAuthority, tail] = match ?? [];
  if (scheme === undefined || wholeAuthority === undefined || tail === undefined) return undefined;
  const at = wholeAuthority.lastIndexOf("@") + 1;
  // SQL Server's URLs have their properties after the port: `//host:1433;databaseName=x`.
  const authority = /^(\[[^\]]+\]|[^:;,[\]]+)(?::(\d{1,5}))?(?=;|$)/.exec(wholeAuthority.slice(at));
  if (authority?.[1] === undefined) return undefined;
  return {
    scheme,
    user: wholeAuthority.slice(0, at),
    authority: authority[0],
    host: authority[1].replace(/^\[|\]$/g, ""),
    port: authority[2] === undefined ? undefined : Number(authority[2]),
    rest: `${wholeAuthority.slice(at + authority[0].length)}${tail}`,
  };
}

/** The port that a URL means when it names none; of `jdbc:mysql` it is that of `mysql`. */
export function defaultPortOf(scheme: string): number | undefined {
  const last = scheme.slice(scheme.lastIndexOf(":") + 1).toLowerCase();
  return Object.hasOwn(defaultPorts, last) ? defaultPorts[last] : undefined;
}

const defaultPorts: Readonly<Record<string, number>> = {
  amqp: 5672,
  amqps: 5671,
  cassandra: 9042,
  couchbase: 11210,
  ftp: 21,
  http: 80,
  https: 443,
  ldap: 389,
  ldaps: 636,
  mariadb: 3306,
  mongodb: 27017,
  mysql: 3306,
  nats: 4222,
  postgres: 5432,
  postgresql: 5432,
  redis: 6379,
  rediss: 6379,
  rmi: 1099,
  smtp: 25,
  sqlserver: 1433,
  ssh: 22,
  ws: 80,
  wss: 443,
};
