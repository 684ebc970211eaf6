// A separate process for the tests: prepares the given package as its own user, runs Postgres from the result, and prints
// its path.
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { prepareNative } from './postgres-binaries.ts'

const [root = '', temporaryDir = ''] = process.argv.slice(2)
const native = await prepareNative({ root, version: '18.0.0-test' }, undefined, [temporaryDir])
const version = execFileSync(join(native, 'bin', 'postgres'), ['--version'], { encoding: 'utf8' })
process.stdout.write(JSON.stringify({ native, version }))
