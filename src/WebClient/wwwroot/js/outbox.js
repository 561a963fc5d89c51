// Messages that the server does not have yet: they outlive the page.

const opened = new Promise((resolve, reject) => {
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

export async function put(id, user, entry) {
  await store("readwrite", messages => messages.put({ id, user, entry }));
}

export async function remove(id) {
  await store("readwrite", messages => messages.delete(id));
}

export async function all(user) {
  const found = await store("readonly", messages => messages.getAll());
  return JSON.stringify(found.filter(message => message.user === user).map(message => JSON.parse(message.entry)));
}
