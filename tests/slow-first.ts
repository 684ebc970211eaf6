import { statSync } from 'node:fs'
import type { TestSequencer, TestSpecification } from 'vitest/node'

/** Folders whose tests mostly wait: for processes, faults and time limits. */
const slowFolders = ['tests/faults/', 'tests/e2e/', 'tests/', 'services/', 'packages/warehouse/']

/**
 * Starts the slow files first, so that no run ends with one file that waits while all cores are idle. Files with a process
 * each come before all others, which share processes only with their neighbours in this order.
 */
export default class SlowFirst implements TestSequencer {
  sort(files: TestSpecification[]): TestSpecification[] {
    const rank = ({ moduleId, project }: TestSpecification): number => {
      if (project.config.isolate) return -1
      const at = slowFolders.findIndex((folder) => moduleId.includes(`/${folder}`))
      return at === -1 ? slowFolders.length : at
    }
    const size = ({ moduleId }: TestSpecification): number => statSync(moduleId).size
    return files.toSorted((one, other) => rank(one) - rank(other) || size(other) - size(one))
  }

  shard(files: TestSpecification[]): TestSpecification[] {
    return files
  }
}
