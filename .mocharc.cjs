// Not JSON: mocha adds the paths of its command line to `spec`, so `mocha test/unit/x` would run everything.
const pathGiven = process.argv.slice(2).some((arg) => /^(\.\/)?test\//.test(arg));

module.exports = {
  spec: pathGiven ? [] : ['test/**/*.test.ts'],
  'node-option': ['import=tsx'],
  require: ['./test/support/hooks.ts'],
  timeout: 60000,
  slow: 2000,
};
