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

export function notify(title, body, tag, onClick) {
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
