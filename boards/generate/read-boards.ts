import { readdir, readFile } from 'node:fs/promises'
import { parse } from 'yaml'
import { type Board, boardSchema, type Panel } from './board.ts'

/** The boards of `boards/`, in the order in which people look at them. */
const order = ['service-level', 'queues', 'agents', 'virtual-agents', 'quality']

export async function readBoards(folder = new URL('../', import.meta.url)): Promise<Board[]> {
  return await Promise.all(order.map((name) => readBoard(name, new URL(`${name}/`, folder))))
}

/** @throws Error if the description is not valid, or if a query is missing or belongs to no panel. */
async function readBoard(name: string, folder: URL): Promise<Board> {
  const parsed = boardSchema.safeParse(parse(await readFile(new URL('board.yaml', folder), 'utf8')))
  if (!parsed.success) throw new Error(`boards/${name}/board.yaml: ${parsed.error.message}`)
  const files = (await readdir(folder)).filter((file) => file.endsWith('.sql'))
  const used = parsed.data.panels.map(({ sql }) => `${sql}.sql`)
  const unused = files.find((file) => !used.includes(file))
  if (unused !== undefined) throw new Error(`boards/${name}/${unused} belongs to no panel of board.yaml`)
  const panels = await Promise.all(
    parsed.data.panels.map(async (panel): Promise<Panel> => {
      const path = `boards/${name}/${panel.sql}.sql`
      const text = await readFile(new URL(`${panel.sql}.sql`, folder), 'utf8')
      const [, about, query] = /^-- (.+)\n([\s\S]+)$/.exec(text) ?? []
      if (about === undefined || query === undefined) {
        throw new Error(`${path} must begin with one line that says what it counts: -- …`)
      }
      return { ...panel, about, query: query.trim() }
    }),
  )
  return { ...parsed.data, name, panels }
}
