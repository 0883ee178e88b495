/** What one worker keeps from one test file to the next, by name: the runtime gives every file this one module. */
module.exports = new Map();
