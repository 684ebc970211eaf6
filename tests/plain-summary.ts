import type { Reporter, TestModule } from 'vitest/node'

/** Ends the run with one line that people and machines read alike: `N passed, N failed`. */
export default class PlainSummary implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    const states = modules.flatMap((module) =>
      [...module.children.allTests()].map((one) => one.result().state),
    )
    const passed = states.filter((state) => state === 'passed').length
    const skipped = states.filter((state) => state === 'skipped').length
    const brokenFiles = modules.filter(
      (module) => module.state() === 'failed' && !hasFailedTest(module),
    ).length
    const failed = states.filter((state) => state === 'failed').length + brokenFiles + unhandledErrors.length
    const skips = skipped === 0 ? '' : `, ${skipped} skipped`
    process.stdout.write(`\n${passed} passed, ${failed} failed${skips}\n`)
  }
}

/** A file that fails before its first test has no failed test to count. */
function hasFailedTest(module: TestModule): boolean {
  return [...module.children.allTests()].some((one) => one.result().state === 'failed')
}
