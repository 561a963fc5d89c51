// The text field of a room. Its text is the browser's alone while it is written: nothing is rendered into it, so that input methods
// which compose syllables are never disturbed.

const maxHeight = 160;
const typingEvery = 3000;

export function attach(id, draftKey, onSend, onTyping) {
  const field = document.getElementById(id);
  if (!field) return;
  let typedAt = 0;

  const changed = () => {
    field.style.height = "auto";
    field.style.height = `${Math.min(field.scrollHeight, maxHeight)}px`;
    if (!draftKey) return;
    if (field.value) localStorage.setItem(draftKey, field.value);
    else localStorage.removeItem(draftKey);
  };

  field.value ||= (draftKey && localStorage.getItem(draftKey)) ?? "";
  changed();
  field.composerChanged = changed;
  field.composerSend = () => {
    const text = field.value;
    if (!text.trim()) return;
    field.value = "";
    typedAt = 0;
    changed();
    onSend(text);
  };
  field.addEventListener("input", () => {
    changed();
    if (!field.value || Date.now() - typedAt < typingEvery) return;
    typedAt = Date.now();
    onTyping();
  });
  field.addEventListener("keydown", event => {
    // Enter ends a syllable that is being composed, and sends only after that. Safari tells it by the code 229 alone.
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    field.composerSend();
  });
}

export function send(id) {
  const field = document.getElementById(id);
  field?.composerSend?.();
  field?.focus();
}

export const text = id => document.getElementById(id)?.value ?? "";

export function setText(id, value) {
  const field = document.getElementById(id);
  if (!field) return;
  field.value = value;
  field.composerChanged?.();
  field.focus();
}
