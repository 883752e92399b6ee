import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { evaluateFreemarker, renderFreemarker, TemplateError } from "./index.ts";

const values: Record<string, unknown> = {
  name: "web",
  port: 8080,
  secure: true,
  asText: "true",
  empty: "",
  hosts: ["a", "b", "c"],
  users: [{ name: "zoe", age: 30 }, { name: "al", age: 4 }],
  config: { "http.port": 8080, opts: { "-Xmx": "1g", "-Xms": "2g" } },
};
const model = {
  get: async (path: readonly string[]) => {
    let value: unknown = values;
    for (const step of path) value = typeof value === "object" && value !== null && Object.hasOwn(value, step) ? Reflect.get(value, step) : undefined;
    return value;
  },
};
const render = (text: string) => renderFreemarker(text, model);

describe("renderFreemarker", () => {
  it.each([
    ["plain $HOME $(date) #{x} <tag> </tag> <!-- x -->", "plain $HOME $(date) #{x} <tag> </tag> <!-- x -->"],
    ["${name}:${port} ${config['http.port']} ${config[\"http.port\"]} ${users[0].name} ${hosts[1]}", "web:8080 8080 8080 zoe b"],
    ["${none!'x'} ${none!}|${none!7}|${(config.none.deeper)!\"d\"}|${name!\"x\"}", "x |7|d|web"],
    ["${none!?has_content?c} ${empty?has_content?c} ${name?has_content?c} ${(none??)?c} ${name???c}", "false false true false true"],
    ['${r"${x}"} ${"a ${name} b"} ${"quote \\" and \\n"}', '${x} a web b quote " and \n'],
    ["${port + 1} ${port % 7} ${(1 + 2) * 3} ${-port} ${10 / 4} ${'a' + 1}", "8081 2 9 -8080 2.5 a1"],
    ["${(port > 80)?c} ${(port gte 8080)?string('yes', 'no')} ${(name == 'web' && !(port == 1))?then('a', 'b')} ${(secure || false)?c}", "true yes a true"],
    ["<#if secure>s<#else>p</#if> <#if asText>t</#if><#if port == 1>1<#elseif port gt 8000>2<#else>3</#if>", "s t2"],
    ["<#if none??>a<#else>b</#if><#if !none??>c</#if><#if (port > 1)>d</#if>", "bcd"],
    ["<#list hosts as host>${host}<#sep>, </#list>", "a, b, c"],
    ["<#list hosts as host>${host?counter}/${host?index}${host?has_next?then(',', '.')}</#list>", "1/0,2/1,3/2."],
    ["<#list config.opts as key, value>${key}${value} </#list>", "-Xmx1g -Xms2g "],
    ["<#list none![] as x>x<#else>nobody</#list>", "nobody"],
    ["<#list hosts><ul><#items as h><li>${h}</li></#items></ul></#list>", "<ul><li>a</li><li>b</li><li>c</li></ul>"],
    ["<#list 1..3 as i>${i}</#list> <#list 0..<2 as i>${i}</#list> <#list 5..*2 as i>${i}</#list> <#list 3..1 as i>${i}</#list>", "123 01 56 321"],
    ["<#list hosts as h><#if h == 'b'><#continue></#if><#if h == 'c'><#break></#if>${h}</#list>", "a"],
    ["<#assign x = port + 1 y = 'z'>${x}${y}<#assign x += 1>${x}<#assign t>in ${name}</#assign>${t}", "8081z8082in web"],
    ["<#switch name><#case 'db'>1<#break><#case 'web'>2<#case 'x'>3<#break><#default>4</#switch>", "23"],
    ["<#macro row a b='-'>[${a}${b}<#nested>]</#macro><@row a='1'/><@row '2' 'x'>in</@row>", "[1-][2xin]"],
    ["<#noparse>${x} <#if></#noparse> a<#-- ${not} <#if -->b", "${x} <#if> ab"],
    ["<#attempt>${none}<#recover>no: ${error}</#attempt>", "no: ${none} has no value"],
    ["<#compress>  a   b \n\n  c </#compress>", "a b\nc"],
    ["${hosts?join('|')} ${hosts?size} ${hosts?first}${hosts?last} ${hosts?reverse?join('')} ${config.opts?keys?join(' ')}", "a|b|c 3 ac cba -Xmx -Xms"],
    ["${users?sort_by('name')?map(u -> u.name)?join(',')} ${users?filter(u -> u.age > 10)?size} ${hosts?seq_contains('b')?c}", "al,zoe 1 true"],
    ["${name?upper_case}${name?cap_first} ${' x '?trim} ${name?replace('w', 'W')} ${name?replace('[a-e]', '_', 'r')} ${name?length}", "WEBWeb x Web w__ 3"],
    ["${name[0..1]} ${name?substring(1)} ${'a,b'?split(',')?size} ${name?left_pad(5, '.')} ${'<&>'?html} ${'a b'?url}", "we eb 2 ..web &lt;&amp;&gt; a%20b"],
    ["${port?c} ${port?string} ${'12'?number + 1} ${3.6?round} ${name?switch('db', 1, 'web', 2)}", "8080 8080 13 4 2"],
    ["${{'a': 1}.a} ${[1, 2][1]} ${([1] + [2])?size}", "1 2 2"],
  ])("%s", async (text, expected) => {
    expect(await render(text)).toBe(expected);
  });

  it("leaves no line where there were only tags, and keeps all others as they are", async () => {
    expect(await render("a\n  <#if secure>\n  b ${name}\n  <#else>\n  c\n  </#if>\n<#-- note -->\nd <#if secure>e</#if>\n<#list hosts as h>\n- ${h}\n</#list>\nend")).toBe("a\n  b web\nd e\n- a\n- b\n- c\nend");
  });

  it.each([
    ["${none}", "${none} has no value at line 1, column 1"],
    ["a\n ${config.opts}", "${config.opts} is a list or a map, which cannot be written as text at line 2, column 2"],
    ["${name", '"${name" does not end with } at line 1, column 1'],
    ["${1 +}", '"${1 +}" is not understood: an expression is missing at line 1, column 1'],
    ["<#if secure>x", "<#if> is not ended at line 1, column 1"],
    ["x</#if>", "</#if> ends nothing at line 1, column 2"],
    ["<#include 'x'>", "it uses <#include>, and there are no other templates to take at line 1, column 1"],
    ["<#foo>", "it uses <#foo>, which is not understood at line 1, column 1"],
    ["<#if name>x</#if>", '"name" is neither true nor false at line 1, column 1'],
    ["<#list none as x></#list>", '"none" has no value at line 1, column 1'],
    ["${name?shout}", '"name?shout" uses "?shout", which is not known at line 1, column 1'],
    ["${hosts?join}<#stop 'enough'>", "enough at line 1, column 14"],
    ["<@gone/>", 'there is no macro "gone" at line 1, column 1'],
    ["<#macro m><@m/></#macro><@m/>", 'macro "m" is called too deep at line 1, column 11'],
    ["<#list 1..99999 as i><#list 1..99999 as j>x${j}</#list></#list>", "it does more than a template may at line 1, column 44"],
    ["${1 / 0}", "a number is divided by 0 at line 1, column 1"],
  ])("refuses %s", async (text, message) => {
    await expect(render(text)).rejects.toThrow(message);
    await expect(render(text)).rejects.toBeInstanceOf(TemplateError);
  });

  it("throws nothing but its own error, whatever the text, and in bounded time", async () => {
    const piece = fc.constantFrom("${", "}", "<#if ", "<#list ", " as x", ">", "</#if>", "</#list>", "<#else>", "name", "hosts", "?size", "!", "'", '"', "(", ")", "[", "]", "..", "<#assign x=", "<@m", "/>", "\n", " ", "1", "<#--", "-->", "??", "->", "<#macro m>", "</#macro>");
    await fc.assert(
      fc.asyncProperty(fc.array(fc.oneof(piece, fc.string({ maxLength: 4 })), { maxLength: 30 }).map((parts) => parts.join("")), async (text) => {
        const outcome: unknown = await render(text).catch((error: unknown) => error);
        if (typeof outcome !== "string" && !(outcome instanceof TemplateError)) throw new Error(`${JSON.stringify(text)}: ${String(outcome)}`);
      }),
      { numRuns: 2_000 },
    );
  });

  it("reads a long template with deep nesting without running out of stack", async () => {
    await expect(render("<#if secure>".repeat(5_000))).rejects.toBeInstanceOf(TemplateError);
    await expect(render(`\${${"(".repeat(20_000)}1}`)).rejects.toBeInstanceOf(TemplateError);
    expect((await render("${name} <#if secure>x</#if>\n".repeat(5_000))).length).toBe(5_000 * 6);
  });
});

it("evaluateFreemarker gives the value of a text that is one place, and text otherwise", async () => {
  expect(await evaluateFreemarker("${config.opts}", model)).toEqual({ "-Xmx": "1g", "-Xms": "2g" });
  expect(await evaluateFreemarker("${none}", model)).toBeUndefined();
  expect(await evaluateFreemarker("${secure?then(hosts, [])}", model)).toEqual(["a", "b", "c"]);
  expect(await evaluateFreemarker("a ${name}", model)).toBe("a web");
});
