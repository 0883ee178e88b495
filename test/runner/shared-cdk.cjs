const { createRequire } = require('node:module');
const { default: Runtime } = require('jest-runtime');

const requireHere = createRequire(module.filename);
const shared = /[\\/]node_modules[\\/](?:aws-cdk-lib|constructs|cdk-nag)[\\/]|[\\/]test[\\/]runner[\\/]kept\.cjs$/;

/**
 * Runs test files as Jest does, but for the CDK, which all files of a worker share: each would load it anew, for a second and more.
 * > Only what keeps nothing from one file to the next may be shared, and nothing that the code under test knows by `instanceof` of a language's
 * > own class, such as Error: shared code lives in another realm.
 */
module.exports = class SharedCdkRuntime extends Runtime {
  requireModuleOrMock(from, moduleName) {
    return shared.test(moduleName) ? requireHere(moduleName) : super.requireModuleOrMock(from, moduleName);
  }
};
