import type { Plugin } from 'esbuild'

/**
 * Importing `node:http` from a module makes Node load all that it exports, which includes the whole of undici: a tenth of
 * the time that a command needs to start. Requiring it does not.
 */
export const requireHttp: Plugin = {
  name: 'require-http',
  setup(build) {
    build.onResolve({ filter: /^node:http$/ }, ({ path, kind }) =>
      kind === 'import-statement' ? { path, namespace: 'require-http' } : undefined,
    )
    build.onLoad({ filter: /./, namespace: 'require-http' }, ({ path }) => ({
      contents: `module.exports = require(${JSON.stringify(path)})`,
    }))
  },
}
