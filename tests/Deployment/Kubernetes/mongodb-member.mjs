// Runs member.js of the component mongodb against a small model of a replica set: node mongodb-member.mjs SCRIPT SCENARIO.
import assert from "node:assert";
import { readFileSync } from "node:fs";
import vm from "node:vm";

const script = readFileSync(process.argv[2], "utf8");
const fail = (codeName, code) => Object.assign(new Error(codeName), { codeName, code });

class Server {
  constructor(number) {
    this.host = `mongodb-${number}.mongodb:27017`;
    this.name = `mongodb-${number}`;
    this.isUp = false;
    this.set = undefined;
  }
}

class Cluster {
  servers = [0, 1, 2].map((number) => new Server(number));
  initiations = 0;
  // What fails, and how often: initiate, createUser, reconfigure.
  faults = {};

  // Starts the member and runs the script beside it. Says whether it came to its end.
  run(number, password = "root-password") {
    const server = this.servers[number];
    server.isUp = true;
    let ticks = 0;
    const connect = (uri) => this.connect(uri);
    const sandbox = {
      process: { env: { HOSTNAME: server.name, MONGODB_ROOT_PASSWORD: password, MONGODB_PASSWORD: "password" } },
      db: this.database(server, true),
      rs: { initiate: (config) => this.initiate(server, config) },
      Mongo: function (uri) {
        return { getDB: () => connect(uri) };
      },
      print: () => {},
      sleep: () => {
        if (++ticks > 50) throw new Error("The time is over.");
        this.heartbeat();
      },
    };
    try {
      vm.runInNewContext(script, sandbox);
      return true;
    } catch (error) {
      if (error.message === "The time is over.") return false;
      throw error;
    }
  }

  trip(name) {
    if (!(this.faults[name] > 0)) return;
    this.faults[name] -= 1;
    throw fail("NodeNotFound", 74);
  }

  initiate(server, config) {
    this.trip("initiate");
    if (server.set) throw fail("AlreadyInitialized", 23);
    this.initiations += 1;
    server.set = { config: { version: 1, members: config.members }, users: new Map(), primary: undefined };
  }

  // Members learn of their set, and it elects.
  heartbeat() {
    for (const { set } of this.servers.filter((one) => one.isUp && one.set)) {
      for (const one of this.servers.filter((it) => it.isUp && set.config.members.some((member) => member.host === it.host))) one.set ??= set;
      set.primary ??= set.config.members[0].host;
    }
  }

  connect(uri) {
    const { username, password, hosts } = /^mongodb:\/\/(?:(?<username>\w+):(?<password>[^@]+)@)?(?<hosts>[^/]+)/.exec(uri).groups;
    const asked = this.servers.filter((one) => hosts.split(",").includes(one.host) && one.isUp);
    const server = uri.includes("directConnection=true") ? asked[0] : asked.find((one) => one.set?.primary === one.host);
    if (!server) throw fail("MongoServerSelectionError");
    if (username && server.set.users.get(username)?.pwd !== password) throw fail("AuthenticationFailed", 18);
    return this.database(server, false, username);
  }

  database(server, isLocal, user) {
    let account = user;
    const allow = () => {
      if (!account && !(isLocal && server.set?.users.size === 0)) throw fail("Unauthorized", 13);
    };
    const admin = {
      hello: () => ({ setName: server.set && "rs0", primary: server.set?.primary, isWritablePrimary: server.set?.primary === server.host }),
      adminCommand: (command) => {
        allow();
        if (command.replSetGetConfig) return { config: structuredClone(server.set.config) };
        this.trip("reconfigure");
        assert.equal(command.replSetReconfig.version, server.set.config.version + 1);
        // Plain objects again: those of the script come from another context.
        server.set.config = structuredClone(command.replSetReconfig);
        return {};
      },
      createUser: (one) => {
        this.trip("createUser");
        allow();
        if (server.set.users.has(one.user)) throw fail("Location51003", 51003);
        server.set.users.set(one.user, { pwd: one.pwd, roles: one.roles.map((role) => role.role ?? role) });
      },
      auth: (name, password) => {
        if (server.set.users.get(name)?.pwd !== password) throw fail("AuthenticationFailed", 18);
        account = name;
      },
      grantRolesToUser: (name, roles) => {
        allow();
        const one = server.set.users.get(name);
        one.roles = [...new Set([...one.roles, ...roles.map((role) => role.role)])];
      },
      getSiblingDB: () => admin,
    };
    return admin;
  }

  shouldBeComplete() {
    assert.equal(this.initiations, 1);
    const sets = new Set(this.servers.map((one) => one.set));
    assert.equal(sets.size, 1);
    const [set] = sets;
    assert.deepEqual(set.config.members.map((one) => [one._id, one.host]), this.servers.map((one, number) => [number, one.host]));
    assert.equal(set.users.get("root").pwd, "root-password");
    assert.deepEqual(set.users.get("bigtech").roles, ["readWrite", "clusterMonitor"]);
  }

  startAll() {
    for (const number of [0, 1, 2]) assert.ok(this.run(number), `mongodb-${number}`);
    this.shouldBeComplete();
    return this;
  }
}

const scenarios = {
  "a first start and a second one": () => {
    const cluster = new Cluster().startAll();
    const { version } = cluster.servers[0].set.config;
    cluster.startAll();
    assert.equal(cluster.servers[0].set.config.version, version);
  },
  "an initiation that fails at first": () => {
    const cluster = new Cluster();
    cluster.faults = { initiate: 3, createUser: 2, reconfigure: 2 };
    cluster.startAll();
  },
  "an end in the middle of it": () => {
    const cluster = new Cluster();
    cluster.faults = { createUser: 100 };
    assert.equal(cluster.run(0), false);
    cluster.faults = {};
    cluster.startAll();
  },
  "a fault that stays": () => {
    const cluster = new Cluster();
    cluster.faults = { initiate: Infinity };
    assert.equal(cluster.run(0), false);
    assert.equal(cluster.run(1), false);
  },
  "a lost volume": () => {
    for (const number of [0, 1, 2]) {
      const cluster = new Cluster().startAll();
      const lost = cluster.servers[number];
      const { set } = lost;
      lost.set = undefined;
      set.primary = cluster.servers.find((one) => one !== lost).host;
      assert.ok(cluster.run(number));
      cluster.shouldBeComplete();
    }
  },
  "a password that is only in the Secret": () => {
    const cluster = new Cluster().startAll();
    for (const number of [0, 1, 2]) assert.ok(cluster.run(number, "another-password"));
    cluster.shouldBeComplete();
  },
  "an account from before": () => {
    const cluster = new Cluster().startAll();
    cluster.servers[0].set.users.get("bigtech").roles = ["readWrite"];
    cluster.startAll();
  },
};

scenarios[process.argv[3]]();
