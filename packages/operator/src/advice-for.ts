import type { RejectionHistory } from '@aftercall/warehouse/ledger/read-rejections'
import { failureNote } from './failure-codes/failure-note.ts'

/** What is done in a step. `repair`: the first step, which depends on the failure code. */
export type AdviceKind = 'nothing' | 'repair' | 'see' | 'replay' | 'replay_kept' | 'ignore'

/** One step. `command` can be typed as it is. */
export type AdviceStep = { kind: AdviceKind; say: string; command?: string }

/** What a person can do about a rejection, step by step. */
export function adviceFor(rejection: RejectionHistory): AdviceStep[] {
  const { id, state, code, bucket, ledger, contentBytes, keptBytes } = rejection
  if (state === 'replayed') return [stepOf('nothing')]
  const isKept = keptBytes !== null && keptBytes > 0
  const isWhole = isKept && keptBytes === contentBytes
  const canBeReplayed = bucket === null ? isWhole : ledger?.outcome !== 'missing'
  const replay = `aftercall replay --id ${id}`
  return [
    { kind: 'repair', say: firstStep(code) },
    ...(isKept ? [stepOf('see', `aftercall rejections show ${id} --content`)] : []),
    ...(canBeReplayed ? [stepOf('replay', replay)] : []),
    ...(bucket !== null && isWhole ? [stepOf('replay_kept', `${replay} --from raw`)] : []),
    ...(state === 'ignored' ? [] : [stepOf('ignore', `aftercall rejections ignore ${id}`)]),
  ]
}

const says: Record<Exclude<AdviceKind, 'repair'>, string> = {
  nothing: 'Nothing: it was replayed.',
  see: 'See the content (personal data)',
  replay: 'Then replay it',
  replay_kept: 'Or replay the kept bytes, without the bucket',
  ignore: 'Or ignore it',
}

function stepOf(kind: keyof typeof says, command?: string): AdviceStep {
  return { kind, say: says[kind], ...(command === undefined ? {} : { command }) }
}

/** The step of docs/failure-codes.md, as a sentence. */
function firstStep(code: string): string {
  const toDo = failureNote(code)?.toDo ?? 'look at the reason; a newer release may know what to do'
  return `${toDo.charAt(0).toUpperCase()}${toDo.slice(1)}.`
}
