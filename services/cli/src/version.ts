import type { ProgramName } from '@aftercall/runtime/text/as-typed'
import manifest from '../package.json' with { type: 'json' }

/** Defined by the build; undefined when the sources run directly. */
declare const AFTERCALL_COMMIT: string | undefined

export const version: string = manifest.version

const commit: string | undefined = typeof AFTERCALL_COMMIT === 'string' ? AFTERCALL_COMMIT : undefined

/** `0.1.0 (39e77a0)`; `(39e77a0-dirty)` if built from uncommitted changes, `(development)` if run from the sources. */
export const versionAndCommit = `${version} (${commit ?? 'development'})`

/** In a checkout only npx finds the command. */
export const programName: ProgramName = commit === undefined ? 'npx aftercall' : 'aftercall'
