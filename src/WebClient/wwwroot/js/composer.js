// The text field of a room. Its text is the browser's alone while it is written: nothing is rendered into it, so that input methods
// which compose syllables are never disturbed.

const maxHeight = 160;
const typingEvery = 3000;

export function attach(id, draftKey, onSend, onTyping, onCancel) {
  const field = document.getElementById(id);
  if (!field) return;
  let typedAt = 0;
  let isEditing = false;
  let isComposing = false;

  const show = text => {
    field.value = text;
    fit();
  };
  const fit = () => {
    field.style.height = "auto";
    field.style.height = `${Math.min(field.scrollHeight, maxHeight)}px`;
  };
  const keep = () => {
    // What is edited is no draft.
    if (isEditing) return;
    if (field.value) localStorage.setItem(draftKey, field.value);
    else localStorage.removeItem(draftKey);
  };
  const draft = () => localStorage.getItem(draftKey) ?? "";

  show(field.value || draft());
  // Where there is a keyboard, it writes here. On a phone it would cover the room, and its Enter key begins a new line.
  const isTouch = !matchMedia("(pointer: fine)").matches;
  if (!isTouch) field.focus();

  field.composerEdit = text => {
    // A syllable is not taken from under an input method.
    if (isComposing) {
      field.addEventListener("compositionend", () => field.composerEdit(text), { once: true });
      return;
    }
    keep();
    isEditing = true;
    show(text);
    field.focus();
  };
  field.composerEndEdit = () => {
    if (!isEditing) return;
    isEditing = false;
    show(draft());
    field.focus();
  };
  field.composerSend = () => {
    const text = field.value;
    if (!text.trim()) return;
    typedAt = 0;
    if (isEditing) {
      field.composerEndEdit();
    } else {
      show("");
      keep();
    }
    onSend(text);
  };
  field.addEventListener("input", () => {
    fit();
    keep();
    if (!field.value || Date.now() - typedAt < typingEvery) return;
    typedAt = Date.now();
    onTyping();
  });
  field.addEventListener("compositionstart", () => (isComposing = true));
  field.addEventListener("compositionend", () => (isComposing = false));
  field.addEventListener("keydown", event => {
    // Both keys end a syllable that is being composed, and do something only after that. Safari tells it by the code 229 alone.
    if (event.isComposing || event.keyCode === 229) return;
    if (event.key === "Escape") onCancel();
    if (event.key !== "Enter" || event.shiftKey || isTouch) return;
    event.preventDefault();
    field.composerSend();
  });
}

export function send(id) {
  const field = document.getElementById(id);
  // Some browsers leave the focus in the field when a button is clicked: without it the last syllable is complete.
  field?.blur();
  field?.composerSend?.();
  field?.focus();
}

export function addToDraft(key, text) {
  localStorage.setItem(key, [localStorage.getItem(key), text].filter(Boolean).join("\n"));
}

export function edit(id, text) {
  document.getElementById(id)?.composerEdit?.(text);
}

export function endEdit(id) {
  document.getElementById(id)?.composerEndEdit?.();
}
