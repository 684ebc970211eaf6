import { readFile, writeFile } from 'node:fs/promises'
import { fillSpec } from './fill-spec.ts'
import { listTests } from './list-tests.ts'

const spec = new URL('../../docs/spec.md', import.meta.url)

/** `npm run spec`: puts the tests that there are under the invariants they prove; the words around them stay. */
await writeFile(spec, fillSpec(await readFile(spec, 'utf8'), listTests()))
process.stdout.write('Wrote the lists of tests in docs/spec.md.\n')
