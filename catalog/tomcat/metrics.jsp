<%@ page contentType="application/json; charset=UTF-8" session="false" trimDirectiveWhitespaces="true"
    import="java.lang.management.ManagementFactory,java.lang.management.MemoryUsage,java.util.Set,java.util.TreeSet,javax.management.MBeanServer,javax.management.ObjectName" %>
<%!
  /* Counters of the application's service as a JSON object, under the names of Brooklyn's sensors. No servlet class is named: javax or jakarta. */
  private static final MBeanServer SERVER = ManagementFactory.getPlatformMBeanServer();

  private static Set<ObjectName> named(String pattern) throws Exception {
    return SERVER.queryNames(new ObjectName(pattern), null);
  }

  private static long sum(String attribute) throws Exception {
    long sum = 0;
    for (ObjectName name : named("Catalina:type=GlobalRequestProcessor,*")) sum += ((Number) SERVER.getAttribute(name, attribute)).longValue();
    return sum;
  }

  private static long highest(String attribute) throws Exception {
    long highest = 0;
    for (ObjectName name : named("Catalina:type=GlobalRequestProcessor,*")) highest = Math.max(highest, ((Number) SERVER.getAttribute(name, attribute)).longValue());
    return highest;
  }

  private static String connectorState() throws Exception {
    String state = "NONE";
    for (ObjectName name : named("Catalina:type=Connector,*")) {
      state = String.valueOf(SERVER.getAttribute(name, "stateName"));
      if (!"STARTED".equals(state)) return state;
    }
    return state;
  }

  private static String contexts() throws Exception {
    Set<String> contexts = new TreeSet<String>();
    for (ObjectName name : named("Catalina:j2eeType=WebModule,*")) {
      String module = name.getKeyProperty("name");
      contexts.add(text(module.substring(module.indexOf('/', 2))));
    }
    return contexts.toString();
  }

  private static String text(String value) {
    return '"' + value.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }

  private static String entry(String name, Object value) {
    return text(name) + ":" + value;
  }
%>
<%
  MemoryUsage heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage();
  Object[] entries = {
    entry("webapp.tomcat.connectorStatus", text(connectorState())),
    entry("webapp.deployedWars", contexts()),
    entry("webapp.reqs.total", sum("requestCount")),
    entry("webapp.reqs.errors", sum("errorCount")),
    entry("webapp.reqs.processingTime.total", sum("processingTime")),
    entry("webapp.reqs.processingTime.max", highest("maxTime")),
    entry("webapp.reqs.bytes.received", sum("bytesReceived")),
    entry("webapp.reqs.bytes.sent", sum("bytesSent")),
    entry("java.metrics.heap.used", heap.getUsed()),
    entry("java.metrics.heap.committed", heap.getCommitted()),
    entry("java.metrics.heap.max", heap.getMax()),
    entry("java.metrics.nonheap.used", ManagementFactory.getMemoryMXBean().getNonHeapMemoryUsage().getUsed()),
    entry("java.metrics.threads.current", ManagementFactory.getThreadMXBean().getThreadCount()),
    entry("java.metrics.threads.max", ManagementFactory.getThreadMXBean().getPeakThreadCount()),
    entry("java.metrics.uptime", ManagementFactory.getRuntimeMXBean().getUptime()),
    entry("java.metrics.systemload.average", ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage()),
  };
  String list = java.util.Arrays.asList(entries).toString();
  out.print("{" + list.substring(1, list.length() - 1) + "}");
%>
