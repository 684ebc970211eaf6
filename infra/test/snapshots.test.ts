import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { type CfnTemplate, everyTemplate } from './synthesised.ts'

for (const [name, template] of everyTemplate) {
  test(`the template of ${name} matches its reviewed snapshot (to update it: npm run snapshots)`, (context) => {
    const file = fileURLToPath(new URL(`snapshots/${name}.snap`, import.meta.url))
    context.assert.fileSnapshot(template, file, { serializers: [writeStable] })
  })
}

/** A line per property, without the values that change with every change of our code or of the tools. */
function writeStable({ Resources }: CfnTemplate): string {
  const lines = Object.entries(Resources).flatMap(([id, { Type, Properties = {}, ...attributes }]) => [
    `${id} ${Type}`,
    ...Object.entries({ ...attributes, ...Properties }).map(
      ([name, value]) => `  ${name}: ${JSON.stringify(value)}`,
    ),
  ])
  return `${lines.join('\n')}\n`
    .replaceAll(/\b[0-9a-f]{64}\b/g, 'CONTENT-HASH')
    .replaceAll(/(CurrentVersion\w{8})[0-9a-f]{32}/g, '$1VERSION-HASH')
}
