// Not JSON: mocha adds the paths of its command line to `spec`, so `mocha test/unit/x` would run everything.
const pathGiven = process.argv.slice(2).some((arg) => /^(\.\/)?test\//.test(arg));

module.exports = {
  spec: pathGiven ? [] : ['test/**/*.test.ts'],
  'node-option': ['import=tsx'],
  require: ['./test/support/hooks.ts'],
  reporter: './test/support/reporter.cjs',
  // One unsteady test of thousands must not hold back a landing; the reporter names it. Nobody's own run gets a second try.
  // biome-ignore lint/style/noProcessEnv: the tests' own switch, not the product's configuration
  retries: process.env.CI ? 1 : 0,
  timeout: 60000,
  slow: 2000,
};
