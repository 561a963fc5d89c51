// The list of messages keeps its place when messages or pictures come in above or below: either the end, or the first row that is seen.

const nearEnd = 48;
const nearEdge = 600;

export function attach(id, onOlder, onNewer, onAtEnd) {
  const list = document.getElementById(id);
  if (!list) return;
  let anchor = null;
  let isAtEnd = true;
  let wanted = null;

  const rows = () => list.querySelectorAll("[data-seq]");
  const look = () => {
    const atEnd = list.scrollHeight - list.scrollTop - list.clientHeight < nearEnd;
    anchor = null;
    if (!atEnd) {
      const top = list.getBoundingClientRect().top;
      for (const row of rows()) {
        const place = row.getBoundingClientRect();
        if (place.bottom > top) {
          anchor = { seq: row.dataset.seq, offset: place.top - top };
          break;
        }
      }
    }
    if (atEnd !== isAtEnd) {
      isAtEnd = atEnd;
      onAtEnd(atEnd);
    }
    if (list.scrollTop < nearEdge) onOlder();
    if (list.scrollHeight - list.scrollTop - list.clientHeight < nearEdge) onNewer();
  };
  // Shows the message that is looked for in the middle, and marks it for a moment.
  const showWanted = () => {
    const row = wanted && list.querySelector(`[data-seq="${wanted}"]`);
    if (!row) return false;
    wanted = null;
    row.scrollIntoView({ block: "center" });
    row.classList.add("found");
    setTimeout(() => row.classList.remove("found"), 2000);
    look();
    return true;
  };
  const keep = () => {
    if (showWanted()) return;
    if (isAtEnd) {
      list.scrollTop = list.scrollHeight;
      return;
    }
    const row = anchor && list.querySelector(`[data-seq="${anchor.seq}"]`);
    if (!row) return;
    const moved = row.getBoundingClientRect().top - list.getBoundingClientRect().top - anchor.offset;
    if (moved) list.scrollTop += moved;
  };

  list.addEventListener("scroll", look, { passive: true });
  new MutationObserver(keep).observe(list, { childList: true, subtree: true, characterData: true });
  new ResizeObserver(keep).observe(list);
  list.addEventListener("load", keep, true);
  // The message may not be drawn yet.
  list.showRow = seq => {
    wanted = seq;
    showWanted();
  };
  list.scrollToEnd = () => {
    isAtEnd = true;
    anchor = null;
    wanted = null;
    keep();
    onAtEnd(true);
  };
  keep();
}

export function toEnd(id) {
  document.getElementById(id)?.scrollToEnd?.();
}

export function show(id, seq) {
  document.getElementById(id)?.showRow?.(seq);
}
