import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import path from "node:path";
import type { FastifyReply } from "fastify";
import type { Api } from "../api-context.ts";
import { LOGIN_FORM } from "../security/access-rules.ts";
import { docsPage } from "./docs-page.ts";

/** The status page at `/`, the documentation at `/docs` and the page that signs in: whole pages, nothing is loaded from elsewhere. */
export function addPages(api: Api): void {
  const style = source("style.css");
  const script = source("status.mjs");
  const status = source("status.html").replace("/* style */", () => style).replace("/* script */", () => script);
  const icon = source("icon.svg");
  const loginScript = source("login.mjs");
  const login = source("login.html").replace("/* style */", () => style).replace("/* script */", () => loginScript);
  const policyOf = (code: string) => [
    "default-src 'none'",
    `style-src '${hashOf(style)}'`,
    `script-src '${hashOf(code)}'`,
    "connect-src 'self'",
    "img-src 'self' data:",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join("; ");
  const send = (reply: FastifyReply, html: string, code = script) => reply.header("content-security-policy", policyOf(code)).type("text/html; charset=utf-8").send(html);

  api.get("/", { schema: { hide: true } }, async (_request, reply) => send(reply, status));
  api.get(`/${LOGIN_FORM}`, { schema: { hide: true } }, async (_request, reply) => send(reply, login, loginScript));
  let docs: string | undefined;
  api.get("/docs", { schema: { hide: true } }, async (_request, reply) => send(reply, (docs ??= docsPage(api.swagger(), style))));
  api.get("/favicon.svg", { schema: { hide: true } }, async (_request, reply) => reply.type("image/svg+xml").send(icon));
}

function source(name: string): string {
  return readFileSync(path.join(import.meta.dirname, name), "utf8");
}

function hashOf(text: string): string {
  return `sha256-${createHash("sha256").update(text, "utf8").digest("base64")}`;
}
