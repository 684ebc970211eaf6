import type {
  Dictionary,
  DictionaryColumn,
  DictionarySchema,
  DictionaryTable,
} from '@aftercall/warehouse/schema/dictionary'

const introduction = `<!-- Made by \`aftercall dictionary\` from the comments of the database. Do not edit. -->

# Data dictionary

Source is where a value comes from: a path in the session document (aliases in order of preference, \`[]\` for the
elements of an array), how it is computed, or \`pipeline\` for what Aftercall notes itself. Times are stored with their
instant, durations in whole seconds unless the type says \`numeric\`. Columns marked *not null* always have a value;
elsewhere null means that nothing was said, unless the meaning tells more.`

/** One page: contents, then a section per table with its columns. */
export function printMarkdown({ schemas }: Dictionary): string {
  const contents = schemas.flatMap((schema) => [
    `- **${schema.name}**${schema.meaning === null ? '' : `: ${escapeCell(schema.meaning)}`}`,
    ...schema.tables.map((table) => `  - [${table.name}](#${anchorOf(schema, table)})`),
  ])
  const sections = schemas.flatMap((schema) => schema.tables.map((table) => printTable(schema, table)))
  return `${[introduction, contents.join('\n'), ...sections].join('\n\n')}\n`
}

function printTable(schema: DictionarySchema, table: DictionaryTable): string {
  const about = [
    ...(table.kind === 'table' ? [] : [`A ${table.kind}.`]),
    ...(table.meaning === null ? [] : [escapeCell(table.meaning)]),
  ]
  const key = table.primaryKey.map(code).join(', ')
  return [
    `## ${schema.name}.${table.name}`,
    ...(about.length === 0 ? [] : [about.join(' ')]),
    ...(key === '' ? [] : [`Key: ${key}`]),
    [
      '| column | type | meaning | unit | source | personal data |',
      '|---|---|---|---|---|---|',
      ...table.columns.map(printColumn),
    ].join('\n'),
  ].join('\n\n')
}

function printColumn(column: DictionaryColumn): string {
  const { name, type, isNullable, meaning, unit, source, isPersonalData } = column
  const cells = [
    code(name),
    isNullable ? type : `${type}, *not null*`,
    escapeCell(meaning ?? ''),
    unit ?? '',
    printSource(source),
    isPersonalData === null ? '' : isPersonalData ? '**yes**' : 'no',
  ]
  return `| ${cells.join(' | ')} |`
}

function printSource(source: string | null): string {
  if (source === null) return ''
  if (source.startsWith('computed:')) return escapeCell(source)
  return source.split(' or ').map(code).join(' or ')
}

/** As GitHub makes it from the heading. */
function anchorOf(schema: DictionarySchema, table: DictionaryTable): string {
  return `${schema.name}.${table.name}`.toLowerCase().replaceAll(/[^\w-]/g, '')
}

function code(text: string): string {
  return `\`${text}\``
}

/** Comments are plain text; none of it may become a table cell or a tag. */
function escapeCell(text: string): string {
  return text.replaceAll(/\s+/g, ' ').replaceAll(/[|*<]/g, (character) => `\\${character}`)
}
