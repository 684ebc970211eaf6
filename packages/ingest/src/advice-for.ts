import type { RejectionHistory } from '@aftercall/warehouse/ledger/read-rejections'
import { failureNote } from './failure-codes.ts'

/** One thing to do; `command` can be typed as it stands. */
export type AdviceStep = { say: string; command?: string }

/** What a person can do about a rejection, step by step. */
export function adviceFor(story: RejectionHistory): AdviceStep[] {
  const { id, state, code, bucket, ledger, contentBytes, keptBytes } = story
  if (state === 'replayed') return [{ say: 'Nothing: it is over.' }]
  const isWhole = keptBytes !== null && keptBytes === contentBytes
  const canBeTaken = bucket === null ? isWhole : ledger?.outcome !== 'missing'
  const again = `aftercall replay --id ${id}`
  return [
    { say: firstStep(code) },
    ...(keptBytes === null
      ? []
      : [{ say: 'What came (personal data)', command: `aftercall rejections show ${id} --content` }]),
    ...(canBeTaken ? [{ say: 'Then take it again', command: again }] : []),
    ...(bucket !== null && isWhole
      ? [{ say: 'Take the kept bytes again, without the bucket', command: `${again} --from raw` }]
      : []),
    ...(state === 'ignored'
      ? []
      : [{ say: 'Or put it aside', command: `aftercall rejections ignore ${id}` }]),
  ]
}

/** In the words of docs/failure-codes.md, as a sentence. */
function firstStep(code: string): string {
  const toDo = failureNote(code)?.toDo ?? 'look at the reason; a newer release may know what to do with it'
  return `${toDo.charAt(0).toUpperCase()}${toDo.slice(1)}.`
}
