import { writeFile } from 'node:fs/promises'
import { readDictionary } from '@aftercall/warehouse/schema/dictionary'
import { formatDictionary } from '../src/dictionary/print-dictionary.ts'
import { onMigratedDatabase } from './on-migrated-database.ts'

const root = new URL('../../../', import.meta.url)

/** `npm run dictionary`: writes the committed dictionary from a freshly migrated database. */
const dictionary = await onMigratedDatabase(readDictionary)
await writeFile(new URL('docs/data-dictionary.md', root), formatDictionary(dictionary, 'md'))
await writeFile(new URL('dbt/models/sources.yml', root), formatDictionary(dictionary, 'dbt'))
process.stdout.write('Wrote docs/data-dictionary.md and dbt/models/sources.yml.\n')
