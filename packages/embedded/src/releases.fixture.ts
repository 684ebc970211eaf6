import { afterEach } from 'vitest'

/** What a test has to give back: called after each test of the file, the last one first. */
export function releaseAfterEach(): (release: () => unknown) => void {
  let releases: (() => unknown)[] = []
  afterEach(async () => {
    const due = releases.reverse()
    releases = []
    for (const release of due) await release()
  })
  return (release) => releases.push(release)
}
