module.exports = {
  auth: { secret: "secret" },
  apiToken: { salt: "salt" },
  transfer: { token: { salt: "salt" } },
  secrets: { encryptionKey: "key" },
  serveAdminPanel: false,
};
