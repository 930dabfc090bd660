const anybody = { auth: false };
module.exports = require("@strapi/strapi").factories.createCoreRouter("api::item.item", { config: { find: anybody, create: anybody } });
