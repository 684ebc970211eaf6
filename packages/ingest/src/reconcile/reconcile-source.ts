import { type BoundedTasks, createBoundedTasks } from '@aftercall/runtime/limits/bounded-tasks'
import { lookUpObjects, readLedgerPages } from '@aftercall/warehouse/ledger/ledger-lookup'
import { needsLoading } from '../bulk/sync-status.ts'
import { withCircuitBreaker } from './circuit-breaker.ts'
import { type Difference, differenceOf, withOutcome } from './difference.ts'
import { type GoneList, openGoneList } from './gone-list.ts'
import { isMeant, isThereByLedger, type JudgeRules, judgePair, type ReconcileClass } from './judge-pair.ts'
import { mergePages, type Pair } from './merge-pages.ts'
import type { GoneEnd, ReconcilePass } from './reconcile-types.ts'

/**
 * Compares bucket and ledger for one source, in constant memory (I8), and loads what is missing where that is requested.
 * A difference is looked up again just before it is reported, because a message may have been handled in the meantime.
 * Objects are recorded as gone only after the whole bucket was read. Rejects with what ended it: `ObjectListError`, an error
 * of the database, or the signal's reason; what was reported and loaded until then stays right.
 */
export async function reconcileSource(pass: ReconcilePass): Promise<GoneEnd> {
  const { fix } = pass
  if (fix === undefined) {
    await comparePages(pass, undefined)
    return { kind: 'not-asked' }
  }
  const goneList = openGoneList(pass)
  try {
    await comparePages({ ...pass, fix: { ...fix, load: withCircuitBreaker(fix.load) } }, goneList)
    await fix.confirm?.()
    return await goneList.record(fix.acceptsGone)
  } finally {
    await goneList.close()
  }
}

/** Keys of an inventory that are checked in the bucket at the same time. */
const checksInFlightMax = 16

async function comparePages(pass: ReconcilePass, goneList: GoneList | undefined): Promise<void> {
  const { db, source, bucketObjects, rules, fix, counter, signal } = pass
  const tasks = createBoundedTasks(fix?.inFlightMax ?? 1)
  try {
    for await (const pairs of mergePages(bucketObjects.pages, readLedgerPages(db, source))) {
      signal.throwIfAborted()
      for (const pair of pairs) {
        if (pair.listed !== undefined) counter.passed('listed')
        goneList?.saw(pair.listed !== undefined, isThereByLedger(pair.known) && isMeant(pair, rules))
      }
      const judged = await judgePage(pass, pairs)
      await goneList?.add(judged.filter(({ found }) => found === 'gone').map(({ pair }) => pair.key))
      for (const { pair, found } of judged) {
        if (found === 'current' || found === 'other') counter.passed(found)
        else await handleDifference(pass, tasks, pair, differenceOf(pair, found))
      }
    }
  } catch (error) {
    await tasks.finish().catch(() => {
      // The first error is the one to report.
    })
    throw error
  }
  await tasks.finish()
}

type Judged = { pair: Pair; found: ReconcileClass }

/** Judges by the ledger rows of the walk, and looks up those that need action again. */
async function judgePage(pass: ReconcilePass, pairs: readonly Pair[]): Promise<Judged[]> {
  const { db, source, rules } = pass
  const judged = judgeAll(pairs, rules)
  const toLookUp = judged.filter(needsLook).map(({ pair }) => pair)
  if (toLookUp.length === 0) return judged
  const known = await lookUpObjects(
    db,
    { ...source, settings: source.settings },
    toLookUp.map(({ key }) => key),
  )
  const looked = judgeAll(
    toLookUp.map((pair) => ({ ...pair, known: known.get(pair.key) })),
    rules,
  )
  return [...judged.filter((one) => !needsLook(one)), ...(await withoutExisting(pass, looked))]
}

function judgeAll(pairs: readonly Pair[], rules: JudgeRules): Judged[] {
  return pairs.flatMap((pair) => {
    const found = judgePair(pair, rules)
    return found === undefined ? [] : [{ pair, found }]
  })
}

/** Also what the walk does not know: the ledger may have it under the digest of its key. */
function needsLook({ pair, found }: Judged): boolean {
  return needsAction(found) || (found === 'recent' && pair.known === undefined)
}

function needsAction(found: ReconcileClass): boolean {
  return found === 'gone' || found === 'missing' || found === 'outdated' || found === 'failed'
}

/** Leaves out objects that an inventory lacks although the bucket has them. */
async function withoutExisting(
  { bucketObjects, signal }: ReconcilePass,
  judged: Judged[],
): Promise<Judged[]> {
  const { isThere } = bucketObjects
  const gone = judged.filter(({ found }) => found === 'gone')
  if (isThere === undefined || gone.length === 0) return judged
  const there = new Set<string>()
  const tasks = createBoundedTasks(checksInFlightMax)
  for (const { pair } of gone) {
    await tasks.start(async () => {
      if (await isThere(pair.key, signal)) there.add(pair.key)
    })
  }
  await tasks.finish()
  return judged.filter(({ pair }) => !there.has(pair.key))
}

async function handleDifference(
  pass: ReconcilePass,
  tasks: BoundedTasks,
  pair: Pair,
  difference: Difference,
): Promise<void> {
  const { fix, signal } = pass
  if (fix === undefined || !isToLoad(difference)) return reportDifference(pass, difference)
  await tasks.start(async () => {
    await fix.confirm?.()
    const outcome = await fix.load(pair, signal)
    if (outcome.kind === 'postponed') await reportDifference(pass, { ...difference, fix: 'postponed' })
    else await reportDifference(pass, withOutcome(difference, outcome))
  })
}

function isToLoad({ class: found }: Difference): boolean {
  return found !== 'gone' && found !== 'recent' && needsLoading(found)
}

async function reportDifference(
  { counter, onDifference }: ReconcilePass,
  difference: Difference,
): Promise<void> {
  counter.found(difference)
  await onDifference(difference)
}
