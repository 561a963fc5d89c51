// Runs in every member beside each start of it. mongodb-0 makes the replica set and its accounts; the others join. What fails is tried again
// until the time of member.sh is over, and repeating it changes nothing.
const self = process.env.HOSTNAME;
const addresses = [0, 1, 2].map((number) => `mongodb-${number}.mongodb:27017`);
const address = `${self}.mongodb:27017`;
const secret = (name) => process.env[name];

// Asked without an account.
const isMember = () => db.hello().setName === "rs0";

// This member has lost its volume: a second set beside that of the others would be a second truth.
const peersAreMembers = () => {
  for (const peer of addresses) {
    if (peer === address) continue;
    try {
      const options = "directConnection=true&serverSelectionTimeoutMS=2000&connectTimeoutMS=2000";
      if (new Mongo(`mongodb://${peer}/?${options}`).getDB("admin").hello().setName === "rs0") return true;
    } catch {
      // It is not there: at the first start none is.
    }
  }
  return false;
};

// The first account can be made from the same machine while there is none.
const makeAccounts = () => {
  const admin = db.getSiblingDB("admin");
  try {
    admin.createUser({ user: "root", pwd: secret("MONGODB_ROOT_PASSWORD"), roles: ["root"] });
  } catch (error) {
    if (error.codeName !== "Unauthorized" && error.code !== 51003) throw error;
  }
  try {
    admin.auth("root", secret("MONGODB_ROOT_PASSWORD"));
  } catch (error) {
    if (error.codeName !== "AuthenticationFailed") throw error;
    // The accounts are there, and this member serves: ending it would repair nothing.
    print("MONGODB_ROOT_PASSWORD is not that of root: the accounts are left as they are.");
    return;
  }
  // The second role only shows how the server does.
  const roles = [{ role: "readWrite", db: "bigtech_chat" }, { role: "clusterMonitor", db: "admin" }];
  try {
    admin.createUser({ user: "bigtech", pwd: secret("MONGODB_PASSWORD"), roles });
  } catch (error) {
    if (error.code !== 51003) throw error;
    admin.grantRolesToUser("bigtech", roles);
  }
};

const makeSet = () => {
  if (!isMember()) {
    if (peersAreMembers()) throw new Error("waits for the settings of the set");
    rs.initiate({ _id: "rs0", members: [{ _id: 0, host: address }] });
  }
  const hello = db.hello();
  // After a restart another one is the primary, and the accounts are there.
  if (hello.primary && hello.primary !== address) return;
  if (!hello.isWritablePrimary) throw new Error("waits to become the primary");
  makeAccounts();
};

const join = () => {
  if (isMember()) return;
  const root = `mongodb://root:${secret("MONGODB_ROOT_PASSWORD")}@${addresses.join(",")}`;
  const set = new Mongo(`${root}/?replicaSet=rs0&authSource=admin&serverSelectionTimeoutMS=5000`).getDB("admin");
  const config = set.adminCommand({ replSetGetConfig: 1 }).config;
  if (!config.members.some((member) => member.host === address)) {
    config.version += 1;
    config.members.push({ _id: Number(self.split("-").pop()), host: address });
    set.adminCommand({ replSetReconfig: config });
  }
  throw new Error("waits for the settings of the set");
};

const step = self.endsWith("-0") ? makeSet : join;
for (;;) {
  try {
    step();
    break;
  } catch (error) {
    print(`${self}: ${error.message}`);
    sleep(1000);
  }
}
