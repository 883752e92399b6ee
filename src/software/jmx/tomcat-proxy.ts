import { ClockerError } from "../../model/errors.ts";
import { inParallel } from "../../model/work.ts";
import type { JmxReader, JmxReading } from "./jmx-reader.ts";
import type { AskHttp } from "./jolokia.ts";

/** MBeans through the JMX proxy of Tomcat's manager: one request an attribute; values are text. */
export function tomcatProxyReader(ask: AskHttp, name: string): JmxReader {
  return {
    read: (attributes, work) =>
      inParallel(attributes, async ({ objectName, attribute, path }): Promise<JmxReading> => {
        const query = new URLSearchParams({ get: objectName, att: attribute, ...(path === undefined ? {} : { key: path }) });
        const { status, body } = await ask({ method: "GET", query: query.toString() }, work);
        const text = body.trim();
        if (status !== 200) throw new ClockerError("unreachable", `Cannot read MBeans of ${name}: it answered ${status}`, { remedy: "Check the user and password: Tomcat's manager asks for the role manager-jmx" });
        // `OK - Attribute get 'java.lang:type=Memory' - HeapMemoryUsage - key 'used' = 1234`
        const value = /^OK - Attribute get '.*' - .*? = (.*)$/s.exec(text)?.[1];
        return value === undefined ? { error: text.slice(0, 200) } : { value };
      }),
  };
}
