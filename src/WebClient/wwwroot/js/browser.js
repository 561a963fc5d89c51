// What the browser knows and keeps, for C#.

export const read = key => localStorage.getItem(key);

export function write(key, value) {
  if (value === null) localStorage.removeItem(key);
  else localStorage.setItem(key, value);
}

// Another tab of this browser has written.
export function onWrite(callback) {
  addEventListener("storage", event => callback(event.key ?? "", event.newValue));
}

export const languages = () => navigator.languages.join(",");

export const isVisible = () => document.visibilityState === "visible";

export function onVisible(callback) {
  document.addEventListener("visibilitychange", () => callback(isVisible()));
}

export const isOnline = () => navigator.onLine;

export function onNetwork(callback) {
  addEventListener("online", () => callback(true));
  addEventListener("offline", () => callback(false));
}

export function setLanguage(language) {
  document.documentElement.lang = language;
}

export function setTheme(theme) {
  if (theme) document.documentElement.dataset.theme = theme;
  else delete document.documentElement.dataset.theme;
}

export function setTitle(title) {
  document.title = title;
}

export function focus(id) {
  document.getElementById(id)?.focus();
}

// What is about to vanish leaves the focus nowhere.
export function moveFocus(fromId, toId) {
  if (document.getElementById(fromId)?.contains(document.activeElement)) focus(toId);
}

// The arrow keys go from row to row of a list, and Enter opens the actions of one that has some.
export function walkByArrows(id, selector) {
  const list = document.getElementById(id);
  list?.addEventListener("keydown", event => {
    if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const row = event.target.closest(selector);
    if (event.key === "Enter" && event.target === row) row.querySelector(".more")?.click();
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const all = [...list.querySelectorAll(selector)];
    const next = step && (row ? all[all.indexOf(row) + step] : all.filter(isSeen).at(step === 1 ? 0 : -1));
    if (!next) return;
    event.preventDefault();
    next.focus();
  });

  function isSeen(row) {
    const [place, frame] = [row.getBoundingClientRect(), list.getBoundingClientRect()];
    return place.bottom > frame.top && place.top < frame.bottom;
  }
}

export const confirmed = question => confirm(question);

export function openDialog(id) {
  const dialog = document.getElementById(id);
  if (dialog && !dialog.open) dialog.showModal();
}

export function closeDialog(id) {
  document.getElementById(id)?.close();
}

export async function copy(text) {
  // Without https there is no clipboard, except on the browser's own machine.
  await navigator.clipboard?.writeText(text);
}

const formats = new Map();

function format(language, name, options) {
  const key = `${language} ${name}`;
  if (!formats.has(key)) formats.set(key, new Intl.DateTimeFormat(language, options));
  return formats.get(key);
}

export const time = (language, ms) => format(language, "time", { hour: "numeric", minute: "2-digit" }).format(ms);

export const day = (language, ms) =>
  format(language, "day", { weekday: "long", year: "numeric", month: "long", day: "numeric" }).format(ms);

export const dateTime = (language, ms) => format(language, "full", { dateStyle: "medium", timeStyle: "short" }).format(ms);

// The time of today, and the date of other days.
export function moment(language, ms) {
  const [date, today] = [new Date(ms), new Date()];
  if (date.toDateString() === today.toDateString()) return time(language, ms);
  const isThisYear = date.getFullYear() === today.getFullYear();
  return format(language, isThisYear ? "date" : "year", { ...(isThisYear ? {} : { year: "numeric" }), month: "short", day: "numeric" }).format(ms);
}

export const timeZone = () => Intl.DateTimeFormat().resolvedOptions().timeZone;

export const mayNotify = () => ("Notification" in window ? Notification.permission : "denied");

export const askToNotify = async () => ("Notification" in window ? await Notification.requestPermission() : "denied");

// A tab that is looked at shows what is new by itself: no other tab of the browser says it, too.
if (navigator.locks) {
  let leave = () => {};
  const tell = () => {
    leave();
    if (!isVisible()) return;
    const left = new Promise(resolve => (leave = resolve));
    navigator.locks.request("bigtech-chat-seen", { mode: "shared" }, () => left);
  };
  document.addEventListener("visibilitychange", tell);
  tell();
}

const isSeenElsewhere = async () =>
  (await navigator.locks?.query())?.held.some(lock => lock.name === "bigtech-chat-seen") ?? false;

export async function notify(title, body, tag, onClick) {
  if (await isSeenElsewhere()) return;
  let shown;
  try {
    shown = new Notification(title, { body, tag, icon: "/icon.svg" });
  } catch {
    // Android shows them from a service worker only.
    return;
  }
  shown.onclick = () => {
    window.focus();
    shown.close();
    onClick();
  };
}
