// How does the page keep up with the server? Names come as text only, so that none of them is ever markup.
"use strict";

const SILENCE = 40_000; // milliseconds: the server says something every 15 s
const FLASH = 1200;
const FILTERS = [
  ["all", "All", () => true],
  ["failed", "Failing", (one) => one.tone === "failed" || one.tone === "warning"],
  ["busy", "In progress", (one) => one.tone === "busy"],
  ["up", "Up", (one) => one.tone === "up"],
  ["off", "Off", (one) => one.tone === "off" || one.tone === "unknown"],
  ["stale", "Not live", (one) => one.stale],
];

const byId = (id) => document.getElementById(id);
const copy = (id) => byId(id).content.firstElementChild.cloneNode(true);
const cards = new Map(); // by id of an environment: its data and its element
const sections = new Map(); // by id of a project
let head = { title: "Board", order: [], notes: [] };
let chosen = "all";
let skew = 0; // milliseconds that this clock is ahead of the server's
let lastHeard = Date.now();

// What the server says

function connect() {
  const source = new EventSource("events");
  const on = (name, take) =>
    source.addEventListener(name, (event) => {
      lastHeard = Date.now();
      take(JSON.parse(event.data));
    });
  on("board", (whole) => {
    for (const id of [...cards.keys()]) if (!whole.order.includes(id)) forget(id);
    for (const one of whole.environments) show(one);
    setHead(whole);
    link("live");
  });
  on("environment", (one) => {
    show(one);
    count();
  });
  on("gone", ({ id }) => {
    forget(id);
    arrange();
  });
  on("head", setHead);
  source.onerror = () => {
    link("lost");
    if (source.readyState === EventSource.CLOSED) again(source); // an error status: the browser gives up
  };
  const watch = setInterval(() => {
    if (source.readyState === EventSource.CLOSED) clearInterval(watch);
    else if (Date.now() - lastHeard > SILENCE) again(source);
  }, 5000);
}

function again(source) {
  source.close();
  link("lost");
  lastHeard = Date.now();
  setTimeout(connect, 3000);
}

function link(state) {
  document.body.dataset.link = state;
  count();
}

function setHead(data) {
  head = data;
  skew = Date.now() - Date.parse(data.now);
  write(byId("title"), head.title);
  byId("notes").hidden = head.notes.length === 0;
  fill(byId("notes"), head.notes, () => document.createElement("li"), write);
  arrange();
}

// Environments

function show(one) {
  const known = cards.get(one.id);
  const element = known?.element ?? copy("environment");
  cards.set(one.id, { one, element });
  const part = (name) => element.querySelector(name);
  const link = part("h3 a");
  write(link, one.name);
  link.href = one.url;
  write(part(".mode"), one.mode === one.name ? "" : one.mode);
  tone(element, one);
  tone(part(".now"), one);
  write(part(".now .state"), one.state);
  element.toggleAttribute("data-stale", Boolean(one.stale));
  part(".stale").hidden = !one.stale;
  stages(part(".stages"), one);
  fill(part(".services"), one.services, () => copy("service"), service);
  times(one, element);
  if (known && known.one.state !== one.state) tell(one, element);
}

function service(row, one) {
  tone(row, one);
  write(row.querySelector(".name"), one.name);
  write(row.querySelector(".kind"), one.kind);
  write(row.querySelector(".state"), one.pods > 1 ? `${one.state} · ${one.pods} pods` : one.state);
}

function stages(element, one) {
  element.hidden = one.tone !== "busy" || one.stages.length === 0;
  const done = one.stages.filter((stage) => stage.tone === "up").length;
  const current = Math.min(done, one.stages.length - 1);
  write(element.querySelector("span"), `Stage ${current + 1} of ${one.stages.length}`);
  fill(element.querySelector("ol"), one.stages, () => document.createElement("li"), (bar, stage, index) => {
    tone(bar, stage);
    bar.title = `${stage.name}: ${stage.state}`;
    bar.toggleAttribute("data-current", index === current);
  });
}

function tell(one, element) {
  element.classList.add("changed");
  setTimeout(() => element.classList.remove("changed"), FLASH);
  const line = document.createElement("span");
  line.textContent = `${one.project.name} ${one.name}: ${one.state}. `;
  byId("told").append(line);
  setTimeout(() => line.remove(), 10_000);
}

function forget(id) {
  cards.get(id)?.element.remove();
  cards.delete(id);
}

// The page as a whole

function arrange() {
  const projects = new Map();
  for (const id of head.order) {
    const card = cards.get(id);
    if (!card) continue;
    const { project } = card.one;
    if (!projects.has(project.id)) projects.set(project.id, []);
    projects.get(project.id).push(card);
  }
  for (const [id, section] of sections) {
    if (!projects.has(id)) {
      section.remove();
      sections.delete(id);
    }
  }
  let place = 0;
  for (const [id, list] of projects) {
    const section = sections.get(id) ?? copy("project");
    sections.set(id, section);
    write(section.querySelector("h2"), list[0].one.project.name);
    put(byId("board"), section, place++);
    list.forEach(({ element }, index) => put(section.querySelector(".grid"), element, index));
  }
  count();
}

function count() {
  const all = [...cards.values()].map(({ one }) => one);
  const shown = FILTERS.filter(([id, , fits]) => id === "all" || id === chosen || all.some(fits));
  fill(byId("filters"), shown, filter, (button, [id, label, fits]) => {
    button.dataset.tone = id === "stale" ? "warning" : id;
    button.setAttribute("aria-pressed", String(id === chosen));
    button.onclick = () => {
      chosen = id === chosen ? "all" : id;
      count();
    };
    button.querySelector("svg").toggleAttribute("hidden", id === "all");
    button.querySelector("use").setAttribute("href", id === "stale" ? "#unknown" : `#${id}`);
    write(button.querySelector("span"), label);
    write(button.querySelector("b"), all.filter(fits).length);
  });
  const fits = FILTERS.find(([id]) => id === chosen)[2];
  for (const { one, element } of cards.values()) element.hidden = !fits(one);
  for (const section of sections.values()) section.hidden = !section.querySelector("article:not([hidden])");
  const stale = all.filter((one) => one.stale).length;
  document.body.toggleAttribute("data-stale", stale > 0);
  const live = stale ? `${stale} of ${all.length} not live` : "Live";
  write(byId("link"), document.body.dataset.link === "live" ? live : "Connection lost, trying again");
  const failing = all.filter(FILTERS[1][2]).length;
  document.title = failing ? `(${failing}) ${head.title}` : head.title;
  byId("empty").hidden = all.some(fits);
  write(byId("empty"), all.length ? "No environment is in such a state." : "There is no environment to show.");
}

function filter() {
  const button = document.createElement("button");
  button.type = "button";
  button.append(copy("service").querySelector("svg"), document.createElement("span"), document.createElement("b"));
  return button;
}

function times(one, element) {
  const age = (moment) => ago((Date.now() - skew - Date.parse(moment)) / 1000);
  const time = element.querySelector(".time");
  if (!one.since) write(time, "");
  else if (one.tone !== "busy") write(time, `${age(one.since)} ago`);
  else if (!one.stale) write(time, `for ${age(one.since)}`); // how long is not known of an old state
  if (one.since) time.title = new Date(one.since).toLocaleString();
  if (one.stale) write(element.querySelector(".stale"), `Last known state, not live for ${age(one.stale.since)}: ${one.stale.why}`);
}

function ago(seconds) {
  if (seconds < 60) return `${Math.max(1, Math.round(seconds))} s`;
  if (seconds < 3600) return `${Math.round(seconds / 60)} min`;
  return seconds < 86_400 ? `${Math.round(seconds / 3600)} h` : `${Math.round(seconds / 86_400)} d`;
}

// Elements

function write(element, text) {
  if (element.textContent !== String(text)) element.textContent = text;
}

function tone(element, one) {
  element.dataset.tone = one.tone;
  element.querySelector(":scope > .sign use")?.setAttribute("href", `#${one.tone}`);
}

function put(parent, element, index) {
  if (parent.children[index] !== element) parent.insertBefore(element, parent.children[index] ?? null);
}

// As many children as there are items, kept where they are: a focus or an animation goes on.
function fill(parent, items, make, draw) {
  items.forEach((item, index) => {
    if (!parent.children[index]) parent.append(make());
    draw(parent.children[index], item, index);
  });
  while (parent.children.length > items.length) parent.lastElementChild.remove();
}

setInterval(() => cards.forEach(({ one, element }) => times(one, element)), 1000);
connect();
