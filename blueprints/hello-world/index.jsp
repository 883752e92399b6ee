<%@ page contentType="text/html; charset=UTF-8" session="false" trimDirectiveWhitespaces="true" %>
<%!
  /* Names no servlet class, so that it runs on Tomcat 7 (javax) to 10 (jakarta) alike. */
  private static String escape(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\"", "&quot;");
  }

  private static String variable(String name, String otherwise) {
    String value = System.getenv(name);
    return escape(value == null || value.isEmpty() ? otherwise : value);
  }

  private static String computer() {
    try {
      return java.net.InetAddress.getLocalHost().getHostName();
    } catch (java.net.UnknownHostException e) {
      return "unknown";
    }
  }
%>
<%
  String container = variable("CLOCKER_CONTAINER_NAME", variable("HOSTNAME", computer()));
  String host = variable("CLOCKER_HOST_NAME", "this computer");
%>
<!DOCTYPE html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <title>Hello from Clocker</title>
  <style>
    :root { color-scheme: light dark; --ink: #16324f; --soft: #5b7590; --paper: #f4f8fb; --card: #fff; --line: #d5e2ec; --accent: #0f87c9; }
    @media (prefers-color-scheme: dark) { :root { --ink: #e6f0f8; --soft: #93abc0; --paper: #0d1b28; --card: #14283a; --line: #24405a; --accent: #4db5ee; } }
    * { box-sizing: border-box; }
    body { margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 2rem; background: var(--paper); color: var(--ink); font: 1rem/1.5 system-ui, sans-serif; }
    main { width: min(40rem, 100%); background: var(--card); border: 1px solid var(--line); border-top: 4px solid var(--accent); border-radius: .75rem; padding: 2.5rem; }
    h1 { margin: 0 0 .25rem; font-size: 2rem; }
    p { margin: 0 0 1.75rem; color: var(--soft); }
    dl { margin: 0; display: grid; grid-template-columns: max-content 1fr; gap: .75rem 1.5rem; }
    dt { color: var(--soft); }
    dd { margin: 0; font-family: ui-monospace, monospace; font-weight: 600; overflow-wrap: anywhere; }
    @media (max-width: 30rem) { dl { grid-template-columns: 1fr; gap: .1rem; } dd { margin-bottom: .75rem; } }
  </style>
</head>
<body>
  <main>
    <h1>Hello from Clocker</h1>
    <p>This page is served by one container of your Docker cloud. Reload it after scaling to meet another.</p>
    <dl>
      <dt>Container</dt><dd id="container"><%= container %></dd>
      <dt>Host</dt><dd id="host"><%= host %></dd>
      <dt>Server</dt><dd id="server"><%= escape(application.getServerInfo()) %></dd>
      <dt>Java</dt><dd id="java"><%= escape(System.getProperty("java.version")) %></dd>
    </dl>
  </main>
</body>
</html>
