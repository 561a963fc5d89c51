// Makes the server the only member of its replica set, and the account of the services. It may run again.
const notYetInitialized = 94;
const address = 'bigtech-mongodb:27017';
const password = encodeURIComponent(process.env.MONGO_ROOT_PASSWORD);
const admin = connectPatiently();

try {
  admin.adminCommand({ replSetGetStatus: 1 });
} catch (error) {
  if (error.code !== notYetInitialized) throw error;
  admin.adminCommand({ replSetInitiate: { _id: 'rs0', members: [{ _id: 0, host: address }] } });
}
while (!admin.hello().isWritablePrimary) sleep(200);

// The second role only shows how the server does.
const roles = [{ role: 'readWrite', db: 'bigtech_chat' }, { role: 'clusterMonitor', db: 'admin' }];
const account = { pwd: process.env.MONGO_PASSWORD, roles };
if (admin.getUser('bigtech')) admin.updateUser('bigtech', account);
else admin.createUser({ user: 'bigtech', ...account });

// The image first runs a server of its own to make the root account, and starts it again: a connection may come in between.
function connectPatiently() {
  for (let attempts = 1; ; attempts++) {
    try {
      return connect(`mongodb://root:${password}@${address}/admin?directConnection=true`);
    } catch (error) {
      if (attempts === 30) throw error;
      sleep(1000);
    }
  }
}
