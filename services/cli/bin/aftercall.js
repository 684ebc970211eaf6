#!/usr/bin/env -S MALLOC_ARENA_MAX=1 node --max-semi-space-size=32 --heap-growing-percent=100 --no-parallel-scavenge
// Plain JavaScript without imports, so that an old Node gets as far as the sentence below. On a large machine Node takes
// 128 MB for objects that live for a moment and collects the others late: the flags take a third off the memory of a bulk
// load. One arena for all threads keeps glibc from holding on to what each of them has freed. Compiled once, the sources start in half the time, and without the 50 MB of the compiler.
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
const { XDG_CACHE_HOME, HOME } = process.env
const cacheFolder = XDG_CACHE_HOME || (HOME && `${HOME}/.cache`)
if (major > 22 || (major === 22 && minor >= 18)) {
  import('node:module').then(({ enableCompileCache }) => {
    // Node's own place for it is the temporary folder of all users, where another one could put his code before.
    if (cacheFolder) enableCompileCache(`${cacheFolder}/aftercall`)
    return import('../src/start.ts')
  })
} else {
  process.stderr.write(
    `aftercall needs Node 22.18 or newer and this is ${process.version}: start it with "npx aftercall" or "npm start", ` +
      'which use the Node that "npm ci" brought (run "npm ci" without --ignore-scripts).\n',
  )
  process.exitCode = 2
}
