const vm = require('node:vm');
const { TestEnvironment } = require('jest-environment-node');

/**
 * Jest's Node environment in a context with a global object like any other. Jest's own has a proxy for one, through which each mention of `Math` or
 * `Map` goes: half a microsecond instead of two nanoseconds.
 */
module.exports = class PlainEnvironment extends TestEnvironment {
  constructor(...args) {
    const { createContext } = vm;
    vm.createContext = () => createContext(vm.constants.DONT_CONTEXTIFY);
    try {
      super(...args);
    } finally {
      vm.createContext = createContext;
    }
  }
};
