import { brokenFiles } from './broken-files.ts'
import { type DueFile, type DueRevision, dueFile } from './due-file.ts'

/** One session in 12 lands its rewrite first, if it has one, one in 37 has a file copied again, one in 40 comes with a broken file. */
const outOfOrderEvery = 12
const copiedEvery = 37
const brokenEvery = 40
/** More of them would be no accident. */
const brokenMax = 10
const lateMs = 1_500
/** This session has a field and a word that Aftercall does not know. */
const sessionWithNews = 3
const news = { demo_field_without_a_column: 'on purpose', answer_type: 'demo_word_on_purpose' }

/** What goes wrong in the bucket of any customer, on purpose: the files of a session in the order in which they land. */
export function createAccidents(): (place: number, revisions: readonly DueRevision[]) => DueFile[] {
  const makeBroken = brokenFiles()

  return (place, revisions) => {
    const told = place === sessionWithNews ? revisions.map((one) => ({ ...one, news })) : revisions
    const files = place % outOfOrderEvery === 6 ? newestFirst(told) : told.map(dueFile)
    const [first] = files
    const newest = told.at(-1)
    if (first === undefined || newest === undefined) return files
    if (place % copiedEvery === 11) files.push(dueFile({ ...newest, atMs: newest.atMs + lateMs }))
    const number = Math.floor(place / brokenEvery)
    if (place % brokenEvery === 5 && number < brokenMax) {
      const atMs = first.atMs + 100
      const { tenant } = newest.session()
      const make = () => ({ atMs, ...makeBroken(number, tenant, first.make().bytes), session: null })
      files.push({ atMs, make })
    }
    return files
  }
}

/** The older ones land late, under other keys, so that all objects stay in the bucket. */
function newestFirst(revisions: readonly DueRevision[]): DueFile[] {
  const [newest, ...older] = revisions.toReversed()
  const [oldest] = revisions
  if (newest === undefined || oldest === undefined) return []
  const late = older.map((one, index) =>
    dueFile({ ...one, atMs: oldest.atMs + lateMs, folder: `copied-${index}` }),
  )
  return [dueFile({ ...newest, atMs: oldest.atMs }), ...late]
}
