import manifest from '../package.json' with { type: 'json' }

/** Put in by the build; the sources run without one. */
declare const AFTERCALL_COMMIT: string | undefined

export const version: string = manifest.version

/** `0.1.0 (39e77a0)`; `0.1.0 (39e77a0-dirty)` when built from changed sources, `0.1.0 (development)` from the sources themselves. */
export const versionAndCommit = `${version} (${typeof AFTERCALL_COMMIT === 'string' ? AFTERCALL_COMMIT : 'development'})`
