// Jest sees TypeScript as Node does: types blanked out in place, so lines and columns stay true.
const { stripTypeScriptTypes } = require('node:module');

module.exports = {
  process: (source) => ({ code: stripTypeScriptTypes(source, { mode: 'strip' }) }),
  getCacheKey: (source, file) =>
    require('node:crypto').createHash('sha1').update(file).update('\0').update(source).digest('hex'),
};
