// Everything works without this file, but for the pages that refresh by themselves.
"use strict";

const all = (selector, root = document) => root.querySelectorAll(selector);

// Dialogs: opened in place, closed by Escape, by Cancel and by a click beside them.
function show(dialog) {
  dialog.removeAttribute("open"); // what the server opened is not modal
  dialog.showModal();
}

// One dialog serves many rows: it is told which one it is about.
function choose(dialog, { chosen, says = chosen }) {
  if (chosen === undefined) return;
  all("[name=chosen]", dialog).forEach((input) => { input.value = chosen; });
  all("[data-chosen-text]", dialog).forEach((text) => { text.textContent = says; });
}

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-dialog]");
  const dialog = opener && document.getElementById(opener.dataset.dialog);
  if (dialog) {
    event.preventDefault();
    choose(dialog, opener.dataset);
    show(dialog);
  } else if (event.target.closest("[data-close]")) {
    event.preventDefault();
    event.target.closest("dialog").close();
  } else if (event.target.closest("[data-dismiss]")) {
    event.preventDefault();
    event.target.closest(".toast").remove();
  }
});

// Only a press that begins on the backdrop closes: selecting text may end beside the dialog.
document.addEventListener("mousedown", (event) => {
  if (event.target.nodeName !== "DIALOG") return;
  const box = event.target.getBoundingClientRect();
  const inside = event.clientX >= box.left && event.clientX <= box.right
    && event.clientY >= box.top && event.clientY <= box.bottom;
  if (!inside) event.target.close();
});

document.addEventListener("keydown", (event) => {
  if (event.key === " " && event.target.matches("[role=button]")) {
    event.preventDefault();
    event.target.click();
  }
});

// A dangerous button wakes when the name is typed; the server checks it again.
function guard(input) {
  const button = input.form.querySelector("footer button");
  const check = () => { button.disabled = input.value.trim() !== input.dataset.confirm; };
  input.addEventListener("input", check);
  check();
}

// What is to be passed on; without script it can be selected by hand.
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const text = document.getElementById(button.dataset.copy);
  text.select?.();
  await navigator.clipboard.writeText(text.value ?? text.textContent);
  button.textContent = "Copied";
});

// A chosen file becomes the text of a field. Spreadsheets write UTF-8 or the Windows alphabet of Western Europe.
document.addEventListener("change", async (event) => {
  const chosen = event.target.dataset.fills && event.target.files[0];
  if (!chosen) return;
  const bytes = await chosen.arrayBuffer();
  document.getElementById(event.target.dataset.fills).value = decoded(bytes);
});

function decoded(bytes) {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder("windows-1252").decode(bytes);
  }
}

// A form is sent once, however often its button is pressed.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post") return;
  if (form.dataset.sent) event.preventDefault();
  form.dataset.sent = "yes";
});
window.addEventListener("pageshow", () => all("form[data-sent]").forEach((form) => delete form.dataset.sent));

// Pages that refresh while something is under way: soon at first, then less often, and then no more.
// A page left alone stops: a session that nobody uses has to end.
const SOONEST = 1000;
const LATEST = 15000;
const PATIENCE = 600000;
const began = Date.now();

function watch(page, pause = SOONEST) {
  if (!page.querySelector("[data-busy]") || Date.now() - began > PATIENCE) return;
  setTimeout(async () => {
    const changed = document.hidden || document.querySelector("dialog[open]") ? false : await refresh(page);
    watch(page, changed ? SOONEST : Math.min(pause * 1.5, LATEST));
  }, pause);
}

async function refresh(page) {
  try {
    const answer = await fetch(page.dataset.live, { redirect: "error", headers: { "X-Requested-With": "fetch" } });
    if (!answer.ok) return false;
    const fresh = document.createElement("template");
    fresh.innerHTML = await answer.text();
    return [...all("[data-part]", fresh.content)].map((part) => put(page, part)).some(Boolean);
  } catch {
    return false; // signed out or off line: the next look, or the next page, will tell
  }
}

// Each part goes where the one of its name stands; true when it says something new.
function put(page, part) {
  const shown = page.querySelector(`[data-part="${part.dataset.part}"]`);
  if (!shown) return false;
  if (gist(shown) === gist(part)) {
    const times = all("time", part);
    all("time", shown).forEach((time, index) => { time.textContent = times[index].textContent; });
    return false;
  }
  const held = shown.contains(document.activeElement) && document.activeElement.getAttribute("href");
  const unfolded = [...all("details[open]", shown)].map((each) => each.id);
  shown.replaceChildren(...part.childNodes);
  all("details", shown).forEach((each) => { each.open = unfolded.includes(each.id); });
  if (held) [...all("a", shown)].find((each) => each.getAttribute("href") === held)?.focus();
  tell(page, shown);
  return true;
}

// That times go by and that something is unfolded is no news.
function gist(part) {
  return part.innerHTML.replace(/(<time[^>]*>)[^<]*/g, "$1").replace(/(<details[^>]*) open=""/g, "$1");
}

// For people who listen.
function tell(page, part) {
  const news = page.querySelector("[data-news]");
  const says = part.querySelector("[data-tells]");
  if (news && says) news.textContent = says.dataset.tells;
}

// What was just done is said once, not again after a reload.
const here = new URL(location);
if (here.searchParams.has("done") || here.searchParams.has("dialog")) {
  here.searchParams.delete("done");
  here.searchParams.delete("dialog");
  history.replaceState(null, "", here);
}

all("dialog[open]").forEach(show);
all("[data-confirm]").forEach(guard);
all("[data-fills]").forEach((input) => { input.closest(".field").hidden = false; }); // useless without script
all("[data-live]").forEach((page) => watch(page));
all("nav [aria-current=page]").forEach((link) => link.scrollIntoView({ block: "nearest", inline: "center" }));
