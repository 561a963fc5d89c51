// The tabs of one browser: one of them has the connections of all streams, and passes on to the others what comes. One at a time renews
// the session. A tab that closes, or dies, gives up its lock.

// Without https a browser has no locks, except on its own machine. Then each tab is alone, with connections of its own.
const alone = { request: (_, hold) => hold(), postMessage: () => {} };
const locks = navigator.locks ?? alone;
const channel = navigator.locks ? new BroadcastChannel("bigtech-chat") : alone;
let onMessage = () => {};

channel.onmessage = event => onMessage(event.data.kind, event.data.path ?? "", event.data.text ?? "");

export function listen(callback) {
  onMessage = callback;
}

export function tell(kind, path, text) {
  channel.postMessage({ kind, path, text });
}

// Calls back once this tab is the one with the connections, which it stays until it closes.
export function lead(onLead) {
  locks.request("bigtech-chat-streams", () => {
    onLead();
    return new Promise(() => {});
  });
}

// Waits until no other tab does the same. The answer is a number to end it by.
const held = new Map();
let last = 0;

export function take(name) {
  return new Promise(taken => {
    locks.request(`bigtech-chat-${name}`, () => new Promise(release => {
      held.set(++last, release);
      taken(last);
    }));
  });
}

export function release(number) {
  held.get(number)?.();
  held.delete(number);
}
