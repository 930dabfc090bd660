// json-server, which pages by _page and _limit (Link and X-Total-Count) or by _start, _end and _limit.
//
//     node server.js FILE [--until-eof]
//
// FILE is its data: a JSON object of lists. It prints http://127.0.0.1:PORT when it listens, and ends on SIGTERM or, with
// --until-eof, when its stdin ends. ./bootstrap installs it: npm ci.
"use strict";
const fs = require("fs");
const jsonServer = require("json-server");

const [file, mode] = process.argv.slice(2);
const app = jsonServer.create();
app.use(jsonServer.router(JSON.parse(fs.readFileSync(file, "utf8"))));
const server = app.listen(0, "127.0.0.1", () => console.log(`http://127.0.0.1:${server.address().port}`));
process.on("SIGTERM", () => process.exit(0));
if (mode === "--until-eof") process.stdin.on("end", () => process.exit(0)).resume();
