// The status page: reads /v1/overview, and again whenever the event stream says that something happened. All text is set as text, never as HTML.

const at = (id) => document.getElementById(id);

/** An element with its class, text or children. */
function element(tag, options = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(options)) {
    if (value === undefined) continue;
    if (name === "text") made.textContent = value;
    else made.setAttribute(name, value);
  }
  made.append(...children.filter((child) => child !== undefined));
  return made;
}

/** A link that only ever leads to the web. */
function link(url, text) {
  try {
    const { protocol } = new URL(url, location.href);
    if (protocol === "http:" || protocol === "https:") return element("a", { href: url, text, rel: "noreferrer" });
  } catch {
    // Not an address: shown as it is.
  }
  return element("span", { text });
}

const kinds = { RUNNING: "good", ON_FIRE: "bad", ERROR: "bad", STARTING: "busy", STOPPING: "busy", Completed: "good", Failed: "bad", Cancelled: "idle", "In progress": "busy" };

function pill(text, kind = kinds[text]) {
  return element("span", { class: `pill ${kind ?? ""}`, text: text.replaceAll("_", " ").toLowerCase() });
}

function health({ state, up }) {
  return pill(state === "RUNNING" && !up ? "RUNNING, NOT UP" : state, state === "RUNNING" && !up ? "bad" : undefined);
}

function problems(list) {
  return list.map(({ entity, reason }) => element("p", { class: "problem" }, element("strong", { text: `${entity}: ` }), reason));
}

function card(...children) {
  return element("article", { class: "card" }, ...children);
}

function empty(text, command) {
  return element("p", { class: "card empty" }, text, " ", element("code", { text: command }));
}

function meter(title, value, most, text) {
  if (value === undefined) return element("td", { class: "meter dim", "data-title": title, text: "–" });
  return element("td", { class: "meter", "data-title": title }, element("progress", { value: String(Math.min(value, most || 1)), max: String(most || 1), "aria-label": `${title}: ${text}` }), element("span", { class: "small", text }));
}

function bytes(count) {
  if (count === undefined) return "";
  const units = ["B", "kB", "MB", "GB", "TB"];
  const power = Math.min(units.length - 1, Math.floor(Math.log2(Math.max(1, count)) / 10));
  return `${(count / 1024 ** power).toFixed(power > 2 ? 1 : 0)} ${units[power]}`;
}

function hostRow(host) {
  const memory = host.memoryTotalBytes ? `${bytes(host.memoryUsedBytes)} of ${bytes(host.memoryTotalBytes)}` : "";
  return element(
    "tr",
    {},
    element("td", { class: "name" }, link(host.link, host.name)),
    element("td", {}, health(host)),
    element("td", { class: "dim small", text: host.address ?? "" }),
    meter("Containers", host.containers, host.maxContainers, host.maxContainers === undefined ? String(host.containers) : `${host.containers} of ${host.maxContainers}`),
    meter("CPU", host.cpu, 1, host.cpu === undefined ? "" : `${Math.round(host.cpu * 100)} %`),
    meter("Memory", host.memoryTotalBytes ? host.memoryUsedBytes : undefined, host.memoryTotalBytes, memory),
  );
}

function cloud(each) {
  const titles = ["Host", "State", "Address", "Containers", "CPU", "Memory"].map((text) => element("th", { scope: "col", text }));
  const table = element("div", { class: "scroll" }, element("table", { class: "hosts" }, element("tbody", {}, element("tr", { class: "titles" }, ...titles), ...each.hosts.map(hostRow))));
  const where = each.location === undefined ? undefined : element("span", { class: "dim" }, "location ", element("code", { text: each.location }));
  const count = (number, what) => `${number} ${what}${number === 1 ? "" : "s"}`;
  const size = element("span", { class: "dim small", text: `${count(each.hosts.length, "host")}, ${count(each.containers, "container")}` });
  return card(element("div", { class: "head" }, element("h3", {}, link(each.link, each.name)), health(each), where, size), each.hosts.length === 0 ? undefined : table, ...problems(each.problems));
}

function application(each) {
  const urls = element("ul", {}, ...each.urls.map(({ url, entity, sensor }) => element("li", { title: sensor }, link(url, url), element("span", { class: "dim small", text: ` ${entity}` }))));
  const size = element("span", { class: "dim small", text: `${each.entities} ${each.entities === 1 ? "entity" : "entities"}` });
  return card(element("div", { class: "head" }, element("h3", {}, link(each.link, each.name)), health(each), size), each.urls.length === 0 ? undefined : urls, ...problems(each.problems));
}

function duration(ms) {
  if (ms < 1000) return `${Math.max(0, Math.round(ms))} ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`;
  return `${Math.floor(ms / 60_000)} min ${Math.round((ms % 60_000) / 1000)} s`;
}

function ago(ms) {
  if (ms < 5_000) return "now";
  if (ms < 120_000) return `${Math.round(ms / 1000)} s ago`;
  if (ms < 7_200_000) return `${Math.round(ms / 60_000)} min ago`;
  return ms < 172_800_000 ? `${Math.round(ms / 3_600_000)} h ago` : `${Math.round(ms / 86_400_000)} days ago`;
}

/** How far this computer's clock is behind the server's. */
let skew = 0;

function activity(task) {
  const now = Date.now() + skew;
  const started = task.startedAt ?? task.endedAt ?? now;
  const time = task.endedAt === undefined ? duration(now - started) : `${duration(task.endedAt - started)}, ${ago(now - task.endedAt)}`;
  const what = element("span", { class: "what" }, link(task.link, task.name));
  if (task.entity !== undefined && !task.name.includes(task.entity)) what.append(element("span", { class: "dim", text: ` on ${task.entity}` }));
  if (task.waitingFor !== undefined) what.append(element("span", { class: "dim", text: `, waiting for ${task.waitingFor}` }));
  const why = task.error === undefined ? undefined : element("span", { class: "why", text: task.remedy === undefined ? task.error : `${task.error}\n${task.remedy}` });
  return element("li", {}, pill(task.status), what, element("span", { class: "dim small", text: time }), why);
}

function show(view) {
  skew = view.server.now - Date.now();
  at("version").textContent = `${view.server.version} · plane ${view.server.planeId}`;
  at("clouds").replaceChildren(...(view.clouds.length > 0 ? view.clouds.map(cloud) : [empty("No Docker cloud yet. Make one on this computer:", "clocker deploy --location local blueprints/docker-cloud.yaml")]));
  at("applications").replaceChildren(...(view.applications.length > 0 ? view.applications.map(application) : [empty("No application yet. Deploy one:", "clocker deploy blueprints/tomcat-application.yaml")]));
  last = view;
  showActivity();
}

let last;

function showActivity() {
  if (last !== undefined) at("activity").replaceChildren(...(last.activity.length > 0 ? last.activity.map(activity) : [element("li", { class: "dim", text: "Nothing has happened yet" })]));
}

function connection(text, kind) {
  at("connection").textContent = text;
  at("connection").className = `pill ${kind}`;
}

let isReading = false;
let isStale = false;
let took = 0;

/** Reads the state; what happens meanwhile makes it read once more, never more often than the server bears. */
async function refresh() {
  if (isReading || document.hidden) {
    isStale = true;
    return;
  }
  isReading = true;
  isStale = false;
  const start = performance.now();
  try {
    const response = await fetch("/v1/overview", { headers: { accept: "application/json" } });
    if (!response.ok) throw new Error(String(response.status));
    show(await response.json());
    connection("live", "good");
  } catch {
    connection("no connection", "bad");
    isStale = true;
  }
  took = performance.now() - start;
  setTimeout(() => {
    isReading = false;
    if (isStale) void refresh();
  }, Math.max(300, took * 5));
}

const events = new EventSource("/v1/events");
for (const name of ["hello", "reset", "entity-added", "entity-changed", "entity-removed", "sensor", "member-added", "member-removed", "task", "location-added", "location-removed"]) events.addEventListener(name, () => void refresh());
events.addEventListener("error", () => connection("reconnecting", "busy"));
document.addEventListener("visibilitychange", () => {
  if (!document.hidden) void refresh();
});
setInterval(showActivity, 1000);
void refresh();
