import { writeFile } from 'node:fs/promises'
import { onMigratedDatabase } from '../../services/cli/scripts/on-migrated-database.ts'
import { generateTableTypes } from './generate-table-types.ts'

/** `npm run table-types`: the committed table types, from a database that only the migrations have touched. */
const target = new URL('../../packages/warehouse/src/schema/generated-tables.ts', import.meta.url)
await writeFile(target, await onMigratedDatabase(generateTableTypes))
process.stdout.write('Wrote packages/warehouse/src/schema/generated-tables.ts.\n')
