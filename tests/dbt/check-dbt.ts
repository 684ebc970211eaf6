import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Ajv } from 'ajv'
import { parse } from 'yaml'

/**
 * `npm run check-dbt -- FOLDER`: compares the dbt package with dbt's published JSON schemas, which are in the folder
 * `schemas/latest_fusion` of https://github.com/dbt-labs/dbt-jsonschema. They are not ours, so no copy is kept here.
 */
const [folder] = process.argv.slice(2)
if (folder === undefined) {
  process.stderr.write('Name the folder with the schemas of dbt: npm run check-dbt -- FOLDER\n')
  process.exit(2)
}

const root = new URL('../../dbt/', import.meta.url)
const schemas = {
  'models/sources.yml': 'dbt_yml_files-latest-fusion.json',
  'models/models.yml': 'dbt_yml_files-latest-fusion.json',
  'dbt_project.yml': 'dbt_project-latest-fusion.json',
}
let wrong = 0
for (const [path, schema] of Object.entries(schemas)) {
  // dbt's schema uses formats of numbers, such as int64, that JSON Schema does not define.
  const isValid = new Ajv({ strict: false, validateFormats: false, allErrors: true }).compile(
    JSON.parse(await readFile(join(folder, schema), 'utf8')),
  )
  isValid(parse(await readFile(new URL(path, root), 'utf8')))
  const errors = isValid.errors ?? []
  wrong += errors.length
  for (const { instancePath, message, params } of errors.slice(0, 20))
    process.stdout.write(`dbt/${path}${instancePath}: ${message} ${JSON.stringify(params)}\n`)
  process.stdout.write(
    `dbt/${path}: ${errors.length === 0 ? 'valid' : `${errors.length} errors`} by ${schema}\n`,
  )
}
process.exitCode = wrong === 0 ? 0 : 1
