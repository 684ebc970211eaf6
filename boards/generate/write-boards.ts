import { mkdir, rm, writeFile } from 'node:fs/promises'
import { boardFiles } from './board-files.ts'
import { readBoards } from './read-boards.ts'
import { readSupersetModel } from './superset-model.ts'

/** `npm run boards`: writes from boards/ the dashboards of Grafana, the cards of Metabase and the assets of Superset. */
const root = new URL('../../', import.meta.url)
const files = boardFiles(await readBoards(), await readSupersetModel())
for (const folder of ['boards/metabase/', 'boards/superset/']) {
  await rm(new URL(folder, root), { recursive: true, force: true })
}
for (const [path, text] of files) {
  await mkdir(new URL('.', new URL(path, root)), { recursive: true })
  await writeFile(new URL(path, root), text)
}
process.stdout.write(`Wrote ${files.size} files.\n`)
