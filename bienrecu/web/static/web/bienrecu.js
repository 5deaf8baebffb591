// What the pages do beyond links and forms. Without it everything works, with one page load more.
"use strict";

const LOOK_EVERY = 3000; // milliseconds between two looks at what has changed
const TYPING = 300; // milliseconds without a key after which what was typed is searched

const byId = (id) => document.getElementById(id);
const say = (words) => { const news = byId("news"); if (news) news.textContent = words; };

// Morphing: what the reader has unfolded stays as it is; the server knows nothing of it.

if (window.Idiomorph) { // pages whose parts are never morphed come without it
  Idiomorph.defaults.callbacks.beforeNodeRemoved = (node) => !(node instanceof Element && node.matches("tr.detail"));
  Idiomorph.defaults.callbacks.beforeAttributeUpdated = (name, node) =>
    !((name === "aria-expanded" || name === "aria-controls") && node.closest("td.fold"))
    && !(name === "open" && node.localName === "details")
    && !(name === "hidden" && node.id === "live-control");
  // What is being typed is newer than the answer to what was typed before.
  Idiomorph.defaults.ignoreActiveValue = true;
}

// Rows unfold under themselves.

document.addEventListener("submit", (event) => {
  if (!event.target.matches("td.fold form")) return;
  event.preventDefault();
  const row = event.target.closest("tbody");
  const detail = row.querySelector("tr.detail");
  const open = !detail || detail.hidden;
  if (!detail) unfold(row, event.target.action); else detail.hidden = !open;
  const button = event.target.querySelector("button");
  button.setAttribute("aria-expanded", open);
  button.setAttribute("aria-controls", `case-${row.id}`);
  row.classList.toggle("open", open);
});

function unfold(row, url) {
  const detail = row.insertRow();
  detail.className = "detail";
  detail.setAttribute("role", "row");
  const cell = detail.insertCell();
  cell.setAttribute("role", "cell");
  cell.colSpan = row.rows[0].cells.length;
  const place = document.createElement("div");
  place.id = `case-${row.id}`;
  place.setAttribute("aria-busy", "true");
  for (const [name, value] of Object.entries({ get: url, trigger: "load, changed", target: "this", swap: "morph:innerHTML" })) {
    place.setAttribute(`hx-${name}`, value);
  }
  cell.append(place);
  htmx.process(place);
}

// Filters: empty ones stay out of the address, choices apply at once, words when typing stops.

document.addEventListener("htmx:configRequest", ({ detail }) => {
  if (detail.elt.id !== "filters") return;
  for (const [name, value] of [...detail.formData.entries()]) if (value === "") detail.formData.delete(name);
});

document.addEventListener("change", ({ target }) => {
  if (target.form?.id === "filters" && ["checkbox", "radio"].includes(target.type)) target.form.requestSubmit();
});

let typing;
document.addEventListener("input", ({ target }) => {
  if (!target.matches("[data-live]")) return;
  clearTimeout(typing);
  typing = setTimeout(() => target.form.requestSubmit(), TYPING);
});

// Live: the page looks every few seconds, unless it is paused, hidden, or the reader is holding a menu open.

let paused = false;
let lost = false;

function look() {
  const live = byId("live");
  if (live && !paused && document.visibilityState === "visible") htmx.trigger(live, "look");
}

function showState() {
  const [control, state, button] = ["live-control", "live-state", "live-switch"].map(byId);
  if (!control) return;
  control.hidden = false;
  control.classList.toggle("paused", paused);
  control.classList.toggle("lost", lost);
  state.textContent = paused ? state.dataset.off : lost ? state.dataset.lost : state.dataset.on;
  button.textContent = paused ? button.dataset.off : button.dataset.on;
}

document.addEventListener("click", ({ target }) => {
  if (!target.closest("#live-switch")) return;
  paused = !paused;
  showState();
  look();
});
document.addEventListener("visibilitychange", look);

for (const [name, value] of [["htmx:sendError", true], ["htmx:responseError", true], ["htmx:afterOnLoad", false], ["htmx:beforeOnLoad", false]]) {
  document.addEventListener(name, ({ detail }) => {
    if (detail.elt.id !== "live" || lost === value) return;
    if (value === false && detail.xhr.status >= 400) return;
    lost = value;
    showState();
  });
}

// What changed is said once, in one sentence, and only for a change that nobody asked for.

let before = new Map();
const statuses = () => new Map([...document.querySelectorAll("table.history tbody[data-status]")].map((row) => [row.id, row.dataset]));
const copyOf = (map) => new Map([...map].map(([id, { status, version }]) => [id, { status, version }]));

document.addEventListener("htmx:beforeSwap", ({ detail }) => { if (detail.target.id === "live") before = copyOf(statuses()); });
document.addEventListener("htmx:afterSwap", ({ detail }) => {
  if (detail.target.id !== "live") return;
  let changed = 0;
  for (const [id, now] of statuses()) {
    const then = before.get(id);
    if (then && then.status !== now.status) { changed += 1; flash(byId(id)); }
    if (then && then.version !== now.version) refresh(id);
  }
  const { one, many } = byId("live").dataset;
  if (changed) say(changed === 1 ? one : many.replace("{n}", changed));
});
document.addEventListener("htmx:afterSettle", ({ detail }) => {
  if (detail.target.id.startsWith("case-")) detail.target.removeAttribute("aria-busy");
  showState();
});

function refresh(id) {
  const place = byId(`case-${id}`);
  if (place) htmx.trigger(place, "changed");
}

function flash(row) {
  row.classList.remove("changed");
  void row.offsetWidth; // so that the animation starts again
  row.classList.add("changed");
}

// Copying.

document.addEventListener("click", async ({ target }) => {
  const button = target.closest("[data-copy], [data-copy-link]");
  if (!button) return;
  const link = button.dataset.copyLink;
  await copy(link ? new URL(link, location).href : byId(button.dataset.copy).textContent);
  const words = button.textContent;
  const { copied } = document.documentElement.dataset;
  button.textContent = copied;
  say(copied);
  setTimeout(() => { button.textContent = words; button.closest("[popover]")?.hidePopover(); }, 1200);
});

async function copy(text) {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  // Browsers keep the clipboard from pages without encryption, such as those of a server in the next room.
  const field = Object.assign(document.createElement("textarea"), { value: text, readOnly: true });
  document.body.append(field);
  field.select();
  document.execCommand("copy");
  field.remove();
}

document.addEventListener("DOMContentLoaded", () => {
  showState();
  setInterval(look, LOOK_EVERY);
});
