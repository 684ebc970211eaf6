import type { ProgramName } from '@aftercall/runtime/text/as-typed'
import manifest from '../package.json' with { type: 'json' }

/** Put in by the build; the sources run without one. */
declare const AFTERCALL_COMMIT: string | undefined

export const version: string = manifest.version

const commit: string | undefined = typeof AFTERCALL_COMMIT === 'string' ? AFTERCALL_COMMIT : undefined

/** `0.1.0 (39e77a0)`; `0.1.0 (39e77a0-dirty)` when built from changed sources, `0.1.0 (development)` from the sources themselves. */
export const versionAndCommit = `${version} (${commit ?? 'development'})`

/** The sources are run from a checkout, where only npx finds the command. */
export const programName: ProgramName = commit === undefined ? 'npx aftercall' : 'aftercall'
