// Everything works without this file, but for the pages that refresh by themselves.
"use strict";

const all = (selector, root = document) => root.querySelectorAll(selector);

// Dialogs: opened in place, closed by Escape, by Cancel and by a click beside them.
function show(dialog) {
  dialog.removeAttribute("open"); // what the server opened is not modal
  dialog.showModal();
}

// One dialog serves many rows: it is told which one it is about.
function choose(dialog, chosen) {
  if (chosen === undefined) return;
  all("[name=chosen]", dialog).forEach((input) => { input.value = chosen; });
  all("[data-chosen-text]", dialog).forEach((text) => { text.textContent = chosen; });
}

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-dialog]");
  const dialog = opener && document.getElementById(opener.dataset.dialog);
  if (dialog) {
    event.preventDefault();
    choose(dialog, opener.dataset.chosen);
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

// A form is sent once, however often its button is pressed.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post") return;
  if (form.dataset.sent) event.preventDefault();
  form.dataset.sent = "yes";
});
window.addEventListener("pageshow", () => all("form[data-sent]").forEach((form) => delete form.dataset.sent));

// Parts that refresh while something is under way: soon at first, then less often, and then no more.
const SOONEST = 1000;
const LATEST = 15000;

function watch(part, pause = SOONEST) {
  if (!part.querySelector("[data-busy]")) return;
  setTimeout(async () => {
    const changed = document.hidden || document.querySelector("dialog[open]") ? false : await refresh(part);
    watch(part, changed ? SOONEST : Math.min(pause * 1.5, LATEST));
  }, pause);
}

async function refresh(part) {
  try {
    const answer = await fetch(part.dataset.live, { redirect: "error", headers: { "X-Requested-With": "fetch" } });
    if (!answer.ok) return false;
    const text = await answer.text();
    if (text === part.dataset.shown) return false;
    part.dataset.shown = text;
    part.innerHTML = text;
    return true;
  } catch {
    return false; // signed out or off line: the next look, or the next page, will tell
  }
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
all("[data-live]").forEach((part) => watch(part));
