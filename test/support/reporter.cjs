/**
 * mocha's `spec`, and after its totals what needed a second try (CI gives one, see .mocharc.cjs): such a test is a defect that
 * waits to be found, and must not be overlooked because the run is green. With SLOWEST=n also the n files that took longest.
 */
const { reporters } = require('mocha');

module.exports = class extends reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    this.again = [];
    this.files = new Map();
    runner.on('retry', (test, error) =>
      this.again.push(
        `${test.fullTitle()}\n      ${String(error?.stack ?? error)
          .split('\n', 3)
          .join('\n      ')}`,
      ),
    );
    let last = performance.now();
    // From the end of one file to the end of the next, so that hooks count too.
    runner.on('suite end', (suite) => {
      if (suite.parent?.root !== true) return;
      const now = performance.now();
      const file = (suite.file ?? '').replace(`${process.cwd()}/`, '');
      this.files.set(file, (this.files.get(file) ?? 0) + now - last);
      last = now;
    });
  }

  epilogue() {
    super.epilogue();
    const count = Number(process.env.SLOWEST ?? 0);
    const slowest = [...this.files].sort((a, b) => b[1] - a[1]).slice(0, count);
    for (const [file, ms] of slowest) console.log(`  ${(ms / 1000).toFixed(1).padStart(6)} s  ${file}`);
    if (this.again.length === 0) return;
    console.log(`  passed or failed only at a second try (unsteady, mend it): ${this.again.length}`);
    for (const line of this.again) console.log(`    ${line}`);
  }
};
