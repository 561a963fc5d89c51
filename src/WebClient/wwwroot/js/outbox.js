// Messages that the server does not have yet: they outlive the page. In a browser that keeps nothing, such as in a private window, they
// live as long as the page.

const patience = 5000;

const opened = new Promise((resolve, reject) => {
  // A database that another tab blocks, or that is broken, may never answer.
  setTimeout(() => reject(new Error("the database does not answer")), patience);
  const request = indexedDB.open("bigtech-chat", 1);
  request.onupgradeneeded = () => request.result.createObjectStore("outbox", { keyPath: "id" });
  request.onsuccess = () => resolve(request.result);
  request.onerror = () => reject(request.error);
});

async function store(mode, act) {
  const transaction = (await opened).transaction("outbox", mode);
  const request = act(transaction.objectStore("outbox"));
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve(request.result);
    transaction.onabort = () => reject(transaction.error);
  });
}

const isKept = opened.then(() => true, error => {
  console.warn(`Messages that wait do not outlive this page: ${error}`);
  return false;
});

export async function put(id, user, entry) {
  if (await isKept) await store("readwrite", messages => messages.put({ id, user, entry }));
}

export async function remove(id) {
  if (await isKept) await store("readwrite", messages => messages.delete(id));
}

export async function all(user) {
  if (!(await isKept)) return "[]";
  const found = await store("readonly", messages => messages.getAll());
  return JSON.stringify(found.filter(message => message.user === user).map(message => JSON.parse(message.entry)));
}
