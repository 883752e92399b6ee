import { expect, test } from "vitest";
import { evaluateTemplate, renderTemplate, type TemplateModel } from "./template.ts";
import { within } from "./template-model.ts";

const values = { version: "10.1.60", port: 8080, config: { "http.port": 8080, empty: "", opts: ["-Xmx64m", "-Xss1m"], props: { "a.b": "1", c: "x y" } } };
const model: TemplateModel = { get: async (path) => within(values, path) };
const render = (text: string) => renderTemplate(text, model, "a test");

test("renderTemplate fills in names, keys in brackets, and numbers", async () => {
  expect(await render("v${version} on ${config['http.port']} and ${config[\"http.port\"]}, ${ port }")).toBe("v10.1.60 on 8080 and 8080, 8080");
});

test("renderTemplate takes a default where there is no value", async () => {
  expect(await render('${baseImage!"debian:bookworm"} ${none!}${none!7}')).toBe("debian:bookworm 7");
});

test("renderTemplate leaves raw text and shell variables without braces alone", async () => {
  expect(await render('$HOME ${r"${x}"}')).toBe("$HOME ${x}");
});

test("renderTemplate takes FreeMarker's directives and built-ins", async () => {
  expect(await render("<#if port gt 80>\n<#list config.opts as opt>\n${opt?lower_case}\n</#list>\n</#if>\n${version?keep_before('.')}")).toBe("-xmx64m\n-xss1m\n10");
});

test("?lines writes a list or a map, an item a line", async () => {
  expect(await render("${config.opts?lines}${config.props?lines}${config.none!?lines}")).toBe("-Xmx64m\n-Xss1m\na.b=1\nc=x y\n");
});

test("renderTemplate says what has no value, what is no text, and what it does not understand", async () => {
  await expect(render("${nothing}")).rejects.toThrow("Cannot fill in a test: ${nothing} has no value");
  await expect(render("${config.opts}")).rejects.toThrow("is a list or a map");
  await expect(render("x\n<#if a>x</#if>")).rejects.toThrow('Cannot fill in a test: "a" has no value at line 2, column 1');
  await expect(render("<#include 'x'>")).rejects.toThrow("it uses <#include>");
  await expect(render("${a")).rejects.toThrow("does not end with }");
  await expect(render("${1+}")).rejects.toThrow("not understood");
  await expect(render("${version?shout}")).rejects.toThrow("?shout");
});

test("evaluateTemplate gives the value itself, and none where there is none", async () => {
  expect(await evaluateTemplate("${config.props}", model, "a test")).toEqual(values.config.props);
  expect(await evaluateTemplate("${config['wars.root']}", model, "a test")).toBeUndefined();
  expect(await evaluateTemplate("http://host/${version}", model, "a test")).toBe("http://host/10.1.60");
});
