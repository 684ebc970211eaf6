import { readFile, writeFile } from 'node:fs/promises'
import { listModels } from '../models/list-models.ts'
import { fillSpec } from './fill-spec.ts'
import { listTests } from './list-tests.ts'

const spec = new URL('../../docs/spec.md', import.meta.url)

/** `npm run spec`: puts the tests and the models that there are under the invariants they prove; the words around them stay. */
await writeFile(spec, fillSpec(await readFile(spec, 'utf8'), listTests(), listModels()))
process.stdout.write('Wrote the lists of tests and models in docs/spec.md.\n')
