// Writing an e-mail: the editor, and a draft that keeps itself. Without it: a plain text, and buttons that save.
"use strict";

// The editor: what it leaves is what `submission/mail_html.py` lets in.

const KEPT = new Set("P BR STRONG EM UL OL LI A H2 H3 BLOCKQUOTE TABLE CAPTION THEAD TBODY TR TH TD".split(" "));
const SAME = { B: "STRONG", I: "EM", DIV: "P", H1: "H2", H4: "H3", H5: "H3", H6: "H3" };
const DROPPED = new Set("SCRIPT STYLE HEAD TITLE META LINK IFRAME OBJECT SVG MATH TEMPLATE FORM".split(" "));
const WHOLE_ADDRESS = /^(https?:\/\/|mailto:)\S+$/i;

function tidy(from, into) {
  for (const node of from.childNodes) {
    if (node.nodeType === Node.TEXT_NODE) into.append(node.data);
    if (node.nodeType !== Node.ELEMENT_NODE || DROPPED.has(node.nodeName)) continue;
    const name = SAME[node.nodeName] || node.nodeName;
    if (!KEPT.has(name)) { tidy(node, into); continue; }
    const made = document.createElement(name);
    if (name === "A" && WHOLE_ADDRESS.test(node.getAttribute("href") || "")) made.setAttribute("href", node.getAttribute("href"));
    tidy(node, made);
    into.append(made);
  }
  return into;
}

function edit(place) {
  const plain = place.querySelector("textarea");
  const html = place.querySelector("[name=html]");
  const rich = Object.assign(document.createElement("div"), { id: "rich-text", className: "rich", contentEditable: "true", innerHTML: html.value });
  for (const [name, value] of [["role", "textbox"], ["aria-multiline", "true"], ["aria-labelledby", "text-label"], ["aria-describedby", "error-html"]]) {
    rich.setAttribute(name, value);
  }
  const keep = () => { html.value = rich.innerHTML; };
  plain.after(rich);
  plain.remove();
  place.querySelector("#text-label").addEventListener("click", () => rich.focus());
  place.querySelector("[name=rich]").value = "1";
  document.execCommand("defaultParagraphSeparator", false, "p");
  rich.addEventListener("input", keep);
  rich.addEventListener("paste", (event) => {
    event.preventDefault();
    const pasted = event.clipboardData.getData("text/html");
    if (!pasted) { document.execCommand("insertText", false, event.clipboardData.getData("text/plain")); return; }
    const page = new DOMParser().parseFromString(pasted, "text/html");
    document.execCommand("insertHTML", false, tidy(page.body, document.createElement("div")).innerHTML);
  });
  place.addEventListener("click", ({ target }) => {
    const button = target.closest("[data-command]");
    if (!button) return;
    rich.focus();
    document.execCommand(button.dataset.command);
    showPressed(place);
  });
  document.addEventListener("selectionchange", () => { if (rich.contains(getSelection().anchorNode)) showPressed(place); });
  links(place, rich);
  variables(place, rich);
}

function showPressed(place) {
  for (const button of place.querySelectorAll("[data-command]")) {
    button.setAttribute("aria-pressed", document.queryCommandState(button.dataset.command));
  }
}

// Variables go where one was writing last: into the subject or the text.

function variables(place, rich) {
  const form = place.closest("form");
  const subject = form.querySelector("#subject");
  let last = rich;
  for (const field of [subject, rich]) field.addEventListener("focus", () => { last = field; });
  let at = null;
  rich.addEventListener("blur", () => { at = getSelection().rangeCount ? getSelection().getRangeAt(0).cloneRange() : null; });
  place.addEventListener("click", ({ target }) => {
    const button = target.closest("[data-insert]");
    if (!button) return;
    if (last === rich) restore(rich, at);
    else last.focus();
    document.execCommand("insertText", false, button.dataset.insert);
  });
}

function restore(rich, range) {
  rich.focus();
  const selection = getSelection();
  if (!range || !rich.contains(range.commonAncestorContainer)) { selection.selectAllChildren(rich); selection.collapseToEnd(); return; }
  selection.removeAllRanges();
  selection.addRange(range);
}

function links(place, rich) {
  const dialog = document.getElementById("link-dialog");
  const field = dialog.querySelector("input");
  const wrong = dialog.querySelector("#link-wrong");
  let range = null;
  place.querySelector("[data-link]").addEventListener("click", () => {
    const selection = getSelection();
    range = selection.rangeCount ? selection.getRangeAt(0).cloneRange() : null;
    const inside = range && rich.contains(range.commonAncestorContainer);
    field.value = (inside && range.startContainer.parentElement.closest("a")?.getAttribute("href")) || "";
    wrong.textContent = "";
    field.removeAttribute("aria-invalid");
    dialog.showModal();
  });
  dialog.querySelector("[data-close]").addEventListener("click", () => dialog.close("cancel"));
  dialog.querySelector("form").addEventListener("submit", (event) => {
    if (event.submitter?.value === "remove" || WHOLE_ADDRESS.test(field.value.trim())) return;
    event.preventDefault();
    wrong.textContent = wrong.dataset.words;
    field.setAttribute("aria-invalid", "true");
    field.focus();
  });
  dialog.addEventListener("close", () => {
    restore(rich, range);
    if (dialog.returnValue === "remove") document.execCommand("unlink");
    if (dialog.returnValue === "add") link(field.value.trim());
    dialog.returnValue = "";
  });
}

function link(address) {
  if (!getSelection().isCollapsed) { document.execCommand("createLink", false, address); return; }
  const made = Object.assign(document.createElement("a"), { href: address, textContent: address });
  document.execCommand("insertHTML", false, made.outerHTML);
}

// A toolbar is one stop of the Tab key; arrows go from button to button (WAI-ARIA).

function toolbar(bar) {
  const buttons = [...bar.querySelectorAll("button")];
  buttons.forEach((button, place) => { button.tabIndex = place ? -1 : 0; });
  bar.addEventListener("focusin", ({ target }) => { for (const button of buttons) button.tabIndex = button === target ? 0 : -1; });
  bar.addEventListener("mousedown", (event) => { if (event.target.closest("button")) event.preventDefault(); }); // the text keeps its selection
  bar.addEventListener("keydown", (event) => {
    const now = buttons.indexOf(document.activeElement);
    const next = { ArrowRight: now + 1, ArrowLeft: now - 1, Home: 0, End: buttons.length - 1 }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    buttons[(next + buttons.length) % buttons.length].focus();
  });
}

// Saving: a second after typing stops, before leaving, and again when the connection is back.

const AGAIN = 5000; // milliseconds

function keeping(form) {
  const state = document.getElementById("draft-state");
  let dirty = form.hasAttribute("data-unsaved");
  let saving = false;
  let waiting = null;
  let leaving = false;
  const changed = ({ target }) => { if (!target.matches("[data-search], [type=file]")) dirty = true; };
  form.addEventListener("input", changed);
  form.addEventListener("change", changed);
  form.addEventListener("htmx:configRequest", ({ detail }) => { detail.parameters.csrfmiddlewaretoken = token(form); });
  form.addEventListener("htmx:beforeRequest", ({ target }) => { if (target === form) { saving = true; dirty = false; } });
  form.addEventListener("htmx:afterRequest", ({ target, detail }) => {
    if (target !== form) return;
    saving = false;
    if (!detail.successful) lost();
    if (state.querySelector("[role=alert], .wrong")) dirty = true;
    if (waiting) { const button = waiting; waiting = null; form.requestSubmit(button); }
  });
  function lost() {
    dirty = true;
    const words = Object.assign(document.createElement("b"), { className: "wrong", textContent: form.dataset.lost });
    words.setAttribute("role", "alert");
    state.replaceChildren(words);
    setTimeout(() => { if (dirty && !saving) htmx.trigger(form, "save"); }, AGAIN);
  }
  form.addEventListener("submit", (event) => {
    if (saving) { event.preventDefault(); waiting = event.submitter; return; } // else it would collide with itself
    form.elements.csrfmiddlewaretoken.value = token(form);
    leaving = true;
  });
  document.addEventListener("click", ({ target }) => { if (target.closest("[data-leave]")) leaving = true; });
  addEventListener("beforeunload", (event) => { if (dirty && !leaving && state.querySelector("[role=alert]")) event.preventDefault(); });
  addEventListener("pagehide", () => { if (dirty && !leaving && !state.querySelector("[role=alert]")) navigator.sendBeacon(form.action, saved(form)); });
  addEventListener("pageshow", ({ persisted }) => { leaving = false; if (persisted) location.reload(); }); // gone back to: as it is now
  form.addEventListener("htmx:oobAfterSwap", () => markWrong(form));
  form.addEventListener("htmx:afterSettle", () => markWrong(form));
  if (dirty) document.addEventListener("DOMContentLoaded", () => setTimeout(() => htmx.trigger(form, "save"), 0), { once: true });
}

function saved(form) {
  const fields = new FormData(form);
  for (const name of ["files", "then", "remove"]) fields.delete(name);
  fields.set("csrfmiddlewaretoken", token(form));
  return fields;
}

// Logging in anew, in this tab or another one, changes it.
function token(form) {
  const found = document.cookie.split("; ").find((one) => one.startsWith("bienrecu_csrf="));
  return found ? found.slice("bienrecu_csrf=".length) : form.elements.csrfmiddlewaretoken.value;
}

function markWrong(form) {
  for (const words of form.querySelectorAll(".wrong[id^='error-']")) {
    for (const field of form.querySelectorAll(`[aria-describedby~="${words.id}"]`)) {
      if (words.textContent.trim()) field.setAttribute("aria-invalid", "true"); else field.removeAttribute("aria-invalid");
    }
  }
}

// Files: dropped or chosen, added at once.

function attaching(form) {
  const input = form.querySelector("#file-input");
  const place = form.querySelector("[data-drop]");
  const state = form.querySelector("#files-state");
  const left = () => Number(place.querySelector("[data-left]")?.dataset.left ?? Infinity);
  for (const name of ["dragover", "dragleave", "drop"]) {
    place.addEventListener(name, (event) => { if (event.dataTransfer.types.includes("Files")) { event.preventDefault(); place.classList.toggle("over", name === "dragover"); } });
  }
  place.addEventListener("drop", ({ dataTransfer }) => {
    if (!dataTransfer.files.length) return;
    input.files = dataTransfer.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
  });
  input.addEventListener("htmx:beforeRequest", (event) => {
    const weight = [...input.files].reduce((sum, file) => sum + file.size, 0);
    if (input.files.length && weight <= left()) return;
    event.preventDefault();
    state.textContent = input.files.length ? input.dataset.tooLarge : "";
    input.value = "";
  });
  input.addEventListener("htmx:xhr:progress", ({ detail }) => {
    if (detail.lengthComputable) state.textContent = `${input.dataset.sending} ${Math.round(100 * detail.loaded / detail.total)} %`;
  });
  input.addEventListener("htmx:afterRequest", ({ detail }) => { input.value = ""; state.textContent = detail.successful ? "" : form.dataset.lost; });
  place.addEventListener("htmx:afterSwap", () => { if (document.activeElement === document.body) input.focus(); }); // its button went with the file
}

// People: found by their names; ticking one chooses "some people".

function picking(picker) {
  const search = picker.querySelector("[data-search]");
  const found = picker.querySelector("[data-found]");
  const plain = (words) => words.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
  const people = [...picker.querySelectorAll("li")].map((row) => [row, plain(row.textContent)]);
  const choice = document.querySelector("[data-picks]");
  const show = () => { picker.hidden = !choice.checked; };
  search.addEventListener("input", () => {
    const words = plain(search.value).split(/\s+/);
    let shown = 0;
    for (const [row, text] of people) { row.hidden = !words.every((word) => text.includes(word)); shown += !row.hidden; }
    found.textContent = !search.value ? "" : shown === 1 ? found.dataset.one : found.dataset.many.replace("{n}", shown);
  });
  search.addEventListener("keydown", (event) => { if (event.key === "Enter") event.preventDefault(); });
  choice.form.addEventListener("change", ({ target }) => { if (target.name === "audience") show(); });
  show();
}

for (const bar of document.querySelectorAll("[role=toolbar]")) toolbar(bar);
for (const place of document.querySelectorAll("[data-editor]")) edit(place);
for (const picker of document.querySelectorAll("#picker")) picking(picker);
for (const form of document.querySelectorAll("#letter")) { keeping(form); attaching(form); markWrong(form); }
