// Answers `require('@azure/functions-core')`: the module that installFunctionsCore (install.ts) put in place.
const installed = globalThis[Symbol.for('rackline.functions-core')];
if (!installed)
  throw new Error("No functions host is installed: call installFunctionsCore before importing '@azure/functions'.");
module.exports = installed.module;
