import type { RejectionHistory } from '@aftercall/warehouse/ledger/read-rejections'
import { failureNote } from './failure-codes/failure-note.ts'

/** One step. `command` can be typed as it is. */
export type AdviceStep = { say: string; command?: string }

/** What a person can do about a rejection, step by step. */
export function adviceFor(rejection: RejectionHistory): AdviceStep[] {
  const { id, state, code, bucket, ledger, contentBytes, keptBytes } = rejection
  if (state === 'replayed') return [{ say: 'Nothing: it was replayed.' }]
  const isKept = keptBytes !== null && keptBytes > 0
  const isWhole = isKept && keptBytes === contentBytes
  const canBeReplayed = bucket === null ? isWhole : ledger?.outcome !== 'missing'
  const replay = `aftercall replay --id ${id}`
  return [
    { say: firstStep(code) },
    ...(isKept
      ? [{ say: 'See the content (personal data)', command: `aftercall rejections show ${id} --content` }]
      : []),
    ...(canBeReplayed ? [{ say: 'Then replay it', command: replay }] : []),
    ...(bucket !== null && isWhole
      ? [{ say: 'Or replay the kept bytes, without the bucket', command: `${replay} --from raw` }]
      : []),
    ...(state === 'ignored' ? [] : [{ say: 'Or ignore it', command: `aftercall rejections ignore ${id}` }]),
  ]
}

/** The step of docs/failure-codes.md, as a sentence. */
function firstStep(code: string): string {
  const toDo = failureNote(code)?.toDo ?? 'look at the reason; a newer release may know what to do'
  return `${toDo.charAt(0).toUpperCase()}${toDo.slice(1)}.`
}
