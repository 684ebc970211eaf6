import { afterEach } from 'vitest'

/** Registers releases, which run after each test of the file in reverse order. */
export function releaseAfterEach(): (release: () => unknown) => void {
  let releases: (() => unknown)[] = []
  afterEach(async () => {
    const due = releases.reverse()
    releases = []
    for (const release of due) await release()
  })
  return (release) => releases.push(release)
}
