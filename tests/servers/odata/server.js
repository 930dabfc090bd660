// SAP's Cloud Application Programming Model, which serves OData v4 with pages of 100: /odata/Items, empty at first.
//
//     node server.js [--until-eof]
//
// It prints http://127.0.0.1:PORT when it listens, and ends on SIGTERM or, with --until-eof, when its stdin ends. Its log goes to stderr.
"use strict";
console.info = console.debug = console.warn = console.error;
const cds = require("@sap/cds");
const app = require("express")();

cds.env.requires.db = { kind: "sqlite", impl: "@cap-js/sqlite", driver: "sql.js", credentials: { url: ":memory:" } };
cds.env.query.limit = { max: 100, default: 100 };

async function main() {
  cds.model = cds.compile.for.nodejs(await cds.load(`${__dirname}/items.cds`));
  cds.db = await cds.connect.to("db");
  await cds.deploy(cds.model).to("db");
  await cds.serve("all").in(app);
  const server = app.listen(0, "127.0.0.1", () => process.stdout.write(`http://127.0.0.1:${server.address().port}\n`));
}

process.on("SIGTERM", () => process.exit(0));
if (process.argv[2] === "--until-eof") process.stdin.on("end", () => process.exit(0)).resume();
console.log = console.error;
main();
