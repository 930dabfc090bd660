// Vendors' APIs as others understood them: the emulators of vercel-labs/emulate, which keep what is sent to them.
//
//     node server.mjs github|google|slack|stripe [--until-eof]
//
// It prints http://127.0.0.1:PORT when it listens, and ends on SIGTERM or, with --until-eof, when its stdin ends. The token is test_token_admin.
// ./bootstrap installs it: npm ci.
import net from "node:net";
import { once } from "node:events";
import { createEmulator } from "emulate";

// The emulators would listen on every interface.
const listen = net.Server.prototype.listen;
net.Server.prototype.listen = function (port, ...rest) {
  return listen.call(this, port, "127.0.0.1", ...rest.filter((argument) => typeof argument === "function"));
};

async function freePort() {
  const server = net.createServer();
  server.listen(0);
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  await once(server, "close");
  return port;
}

const [service, mode] = process.argv.slice(2);
const port = await freePort();
const baseUrl = `http://127.0.0.1:${port}`;
await createEmulator({ service, port, baseUrl });
await fetch(baseUrl); // it listens by now
console.log(baseUrl);
process.on("SIGTERM", () => process.exit(0));
if (mode === "--until-eof") process.stdin.on("end", () => process.exit(0)).resume();
