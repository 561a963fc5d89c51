// Runs in every member beside each start of it. mongodb-0 makes the replica set and its accounts; the others join. Repeating it changes nothing.
const self = process.env.HOSTNAME;
const address = `${self}.mongodb:27017`;
const secret = (name) => process.env[name];

// Only a member that is a set already lets the root account in; before that the first account can be made from the same machine.
const isMember = () => {
  try {
    return db.adminCommand({ hello: 1 }).setName === "rs0";
  } catch {
    return false;
  }
};

if (self.endsWith("-0")) {
  if (!isMember()) {
    try {
      rs.initiate({ _id: "rs0", members: [{ _id: 0, host: address }] });
    } catch (error) {
      if (error.codeName !== "AlreadyInitialized" && error.codeName !== "Unauthorized") throw error;
    }
  }
  while (!isMember()) sleep(500);
  const admin = db.getSiblingDB("admin");
  try {
    while (!db.hello().isWritablePrimary) {
      // A restart of this member: another one is the primary, and the accounts are there.
      const { primary } = db.hello();
      if (primary && primary !== address) quit(0);
      sleep(500);
    }
    admin.createUser({ user: "root", pwd: secret("MONGODB_ROOT_PASSWORD"), roles: ["root"] });
  } catch (error) {
    if (error.codeName !== "Unauthorized" && error.code !== 51003) throw error;
  }
  admin.auth("root", secret("MONGODB_ROOT_PASSWORD"));
  try {
    admin.createUser({ user: "bigtech", pwd: secret("MONGODB_PASSWORD"), roles: [{ role: "readWrite", db: "bigtech_chat" }] });
  } catch (error) {
    if (error.code !== 51003) throw error;
  }
} else if (!isMember()) {
  const root = `mongodb://root:${secret("MONGODB_ROOT_PASSWORD")}@mongodb-0.mongodb:27017,mongodb-1.mongodb:27017,mongodb-2.mongodb:27017`;
  const set = new Mongo(`${root}/?replicaSet=rs0&authSource=admin`).getDB("admin");
  const config = set.adminCommand({ replSetGetConfig: 1 }).config;
  if (!config.members.some((member) => member.host === address)) {
    config.version += 1;
    config.members.push({ _id: Number(self.split("-").pop()), host: address });
    set.adminCommand({ replSetReconfig: config });
  }
}
