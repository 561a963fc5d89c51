import assert from "node:assert/strict";
import { test } from "node:test";
import { ChatApiError, ChatClient, ChatConnectionError, type SavedSession } from "@bigtech/chat-client";
import { address, control, emailOf, eventually, newUser, password, Recorder } from "./support.js";

test("many calls with an expired token renew it once", async () => {
  const requests = new Recorder();
  const client = await newUser(requests);
  const renewed: SavedSession[] = [];
  client.session.onRenewed((session) => renewed.push(session));
  const old = expire(client);

  const profiles = await Promise.all(Array.from({ length: 20 }, () => client.account.getProfile()));

  assert.deepEqual([...new Set(profiles.map((profile) => profile.id))], [old.userId]);
  assert.equal(requests.count("POST", "/auth/refresh"), 1);
  assert.equal(renewed.length, 1);
  assert.notEqual(renewed[0]?.refreshToken, old.refreshToken);
  assert.equal(client.session.current, renewed[0]);
});

test("a token that the server refuses is renewed and the call sent again", async () => {
  const requests = new Recorder();
  const client = await newUser(requests);
  client.session.restore({ ...currentOf(client), accessToken: "e30.e30.e30" });

  await Promise.all(Array.from({ length: 20 }, () => client.rooms.list()));

  assert.equal(requests.count("POST", "/auth/refresh"), 1);
});

test("a call that is not wanted any more does not end the renewal for others", async () => {
  const client = await newUser();
  expire(client);
  const stop = new AbortController();

  const [first, second] = [client.account.getProfile({ signal: stop.signal }), client.account.getProfile()];
  stop.abort();

  await assert.rejects(first, { name: "AbortError" });
  assert.equal((await second).id, client.session.userId);
});

test("a session that was ended elsewhere says so", async () => {
  const client = await newUser();
  let isEnded = false;
  client.session.onEnded(() => (isEnded = true));
  const phone = new ChatClient(address);
  await phone.account.signIn(emailOf((await client.account.getProfile()).username), password);
  await phone.account.signOutEverywhere();

  await eventually(
    () => client.account.getProfile().then(() => false, (error) => error instanceof ChatApiError && error.status === 401),
    "the token is refused",
  );

  assert.ok(isEnded);
  assert.equal(client.session.current, undefined);
  assert.throws(() => client.session.userId, /No user is signed in/);
});

test("a server that is not reached ends no session", async () => {
  const client = await newUser();
  let isEnded = false;
  client.session.onEnded(() => (isEnded = true));
  const { userId } = expire(client);
  await control("cut");
  await assert.rejects(client.account.getProfile(), ChatConnectionError);
  await control("heal");

  assert.equal((await client.account.getProfile()).id, userId);
  assert.equal(isEnded, false);
});

test("a call to a server that does not answer ends", async () => {
  const client = await newUser({ callTimeout: 100 });
  await control("hold");

  await assert.rejects(client.account.getProfile(), (error) => error instanceof ChatConnectionError && error.isTimeout);

  await control("heal");
});

test("a kept session goes on in another client", async () => {
  const first = await newUser();
  const second = new ChatClient(address.replace(/\/$/, ""));

  second.session.restore(JSON.parse(JSON.stringify(currentOf(first))) as SavedSession);

  assert.equal((await second.account.getProfile()).id, first.session.userId);
});

function currentOf(client: ChatClient): SavedSession {
  assert.ok(client.session.current);
  return client.session.current;
}

function expire(client: ChatClient): SavedSession {
  const expired = { ...currentOf(client), expiresAt: 0 };
  client.session.restore(expired);
  return expired;
}
