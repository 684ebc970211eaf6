import { mkdir, writeFile } from 'node:fs/promises'
import { boardFiles } from './board-files.ts'
import { readBoards } from './read-boards.ts'

/** `npm run boards`: writes the dashboards of Grafana and the cards of Metabase from boards/NAME/. */
const root = new URL('../../', import.meta.url)
await mkdir(new URL('boards/metabase/', root), { recursive: true })
const files = boardFiles(await readBoards())
for (const [path, text] of files) await writeFile(new URL(path, root), text)
process.stdout.write(`Wrote ${files.size} files.\n`)
