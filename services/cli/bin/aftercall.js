#!/usr/bin/env -S MALLOC_ARENA_MAX=1 node --max-semi-space-size=32 --heap-growing-percent=100 --no-parallel-scavenge
// Plain JavaScript without imports, so that an old Node gets as far as the message below. The flags reduce the memory of a
// backfill by a third: on a large machine Node reserves 128 MB for short-lived objects and collects the others late. One
// malloc arena keeps glibc from holding memory that each thread has freed. The compile cache halves the start time and
// saves the 50 MB of the compiler.
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
const { XDG_CACHE_HOME, HOME } = process.env
const cacheFolder = XDG_CACHE_HOME || (HOME && `${HOME}/.cache`)
if (major > 22 || (major === 22 && minor >= 18)) {
  import('node:module').then(({ enableCompileCache }) => {
    // Node's default is the shared temporary folder, where another user could place code first.
    if (cacheFolder) enableCompileCache(`${cacheFolder}/aftercall`)
    return import('../src/start.ts')
  })
} else {
  process.stderr.write(
    `aftercall needs Node 22.18 or newer but this is ${process.version}: start it with "npx aftercall" or "npm start", ` +
      'which use the Node that "npm ci" installed (run "npm ci" without --ignore-scripts).\n',
  )
  process.exitCode = 2
}
