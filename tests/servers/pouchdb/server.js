// PouchDB's own HTTP server (express-pouchdb), which speaks CouchDB's API, over databases in memory; none is there at first.
//
//     node server.js [--until-eof]
//
// It prints http://127.0.0.1:PORT when it listens, and ends on SIGTERM or, with --until-eof, when its stdin ends. ./bootstrap installs
// it: npm ci.
"use strict";
const express = require("express");
const couchdb = require("express-pouchdb");
const PouchDB = require("pouchdb-core").plugin(require("pouchdb-adapter-memory")).plugin(require("pouchdb-mapreduce"));

const app = express();
app.use(couchdb(PouchDB.defaults({ adapter: "memory" }), { inMemoryConfig: true, mode: "minimumForPouchDB" }));
const server = app.listen(0, "127.0.0.1", () => console.log(`http://127.0.0.1:${server.address().port}`));
process.on("SIGTERM", () => process.exit(0));
if (process.argv[2] === "--until-eof") process.stdin.on("end", () => process.exit(0)).resume();
