import { relative } from 'node:path'
import type { Node, TaggedTemplateExpression } from 'typescript/unstable/ast'
import { isIdentifier, isTaggedTemplateExpression, isTemplateExpression } from 'typescript/unstable/ast/is'
import { API, type Checker, type Type, TypeFlags } from 'typescript/unstable/sync'

/** A raw statement in the sources, with the type that is declared for its rows. */
export type DeclaredStatement = {
  /** File and line. */
  place: string
  /** The SQL between the values and fragments that are put in. */
  texts: string[]
  /** By column: `string`, `number`, `boolean`, `Date`, `Buffer`, `json`, or an array of one, such as `string[]`. */
  columns: Record<string, string>
}

/** Every statement of the package that is written as sql<Row>`…`. A fragment is of no object type, and is left out. */
export function readDeclaredStatements(root: string, project: string): DeclaredStatement[] {
  const api = new API({ cwd: root })
  try {
    const config = `${root}/${project}/tsconfig.json`
    const opened = api.updateSnapshot({ openProjects: [config] }).getProject(config)
    if (opened === undefined) throw new Error(`${config} was not opened`)
    const { program, checker } = opened
    const files = program.getSourceFileNames().filter((name) => name.startsWith(`${root}/${project}/src/`))
    return files.flatMap((name) => {
      const file = program.getSourceFile(name)
      if (file === undefined) return []
      return rawStatements(file).flatMap((node): DeclaredStatement[] => {
        const [rowNode] = node.typeArguments ?? []
        const row = rowNode === undefined ? undefined : checker.getTypeFromTypeNode(rowNode)
        if (row === undefined || !isObject(checker, row)) return []
        const line = file.text.slice(0, node.getStart(file)).split('\n').length
        return [
          {
            place: `${relative(`${root}/${project}`, name)}:${line}`,
            texts: textsOf(node),
            columns: columnsOf(checker, row),
          },
        ]
      })
    })
  } finally {
    api.close()
  }
}

function rawStatements(node: Node): TaggedTemplateExpression[] {
  const found: TaggedTemplateExpression[] = []
  function visit(one: Node): void {
    if (isTaggedTemplateExpression(one) && isIdentifier(one.tag) && one.tag.text === 'sql') found.push(one)
    one.forEachChild(visit)
  }
  visit(node)
  return found
}

function textsOf({ template }: TaggedTemplateExpression): string[] {
  if (!isTemplateExpression(template)) return [template.text]
  return [template.head.text, ...template.templateSpans.map(({ literal }) => literal.text)]
}

function isObject(checker: Checker, type: Type): boolean {
  return kindOf(checker, type) === 'json'
}

function columnsOf(checker: Checker, row: Type): Record<string, string> {
  const columns = checker.getPropertiesOfType(row).map((property): [string, string] => {
    const type = checker.getTypeOfSymbol(property)
    return [property.name, type === undefined ? 'unknown' : kindOf(checker, type)]
  })
  return Object.fromEntries(columns)
}

/** What the driver has to give for a value of this type. */
function kindOf(checker: Checker, type: Type): string {
  const parts = (type.isUnionType() ? type.getTypes() : [type]).filter(
    ({ flags }) => (flags & (TypeFlags.Null | TypeFlags.Undefined)) === 0,
  )
  const kinds = new Set(parts.map((part) => kindOfPart(checker, part)))
  return [...kinds].sort().join(' | ')
}

function kindOfPart(checker: Checker, type: Type): string {
  if (type.flags & TypeFlags.StringLike) return 'string'
  if (type.flags & TypeFlags.NumberLike) return 'number'
  if (type.flags & TypeFlags.BooleanLike) return 'boolean'
  const name = type.getSymbol()?.name
  if (name === 'Date' || name === 'Buffer') return name
  const [element] = type.isTypeReference() && checker.isArrayType(type) ? checker.getTypeArguments(type) : []
  if (element === undefined) return 'json'
  const kind = kindOf(checker, element)
  return kind === 'json' ? 'json' : `${kind}[]`
}
