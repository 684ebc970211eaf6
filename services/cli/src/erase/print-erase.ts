import { formatCount } from '@aftercall/operator/format/plural'
import type { ErasureCounts } from '@aftercall/warehouse/erasure/erasure-record'
import type { Unreadable } from '@aftercall/warehouse/erasure/unreadable'
import { type CliContext, type CommonOptions, formatCommands } from '../cli-context.ts'
import { formatJson } from '../terminal/format-json.ts'
import type { EraseEnd } from './perform-erase.ts'

/** What a database cannot do for its owner. */
export const beyondReach = [
  "the files in the bucket: delete the person's objects there; until then, workers blank them whenever they come again",
  'backups and archived logs of the database: delete them when their time is over, and run this command again after a restore',
  'logical replicas, exports and copies that others made (export, a lake, BI extracts): make them again; aftercall publish writes the changed days',
  'files of a lake for months that retention has removed: they hold keys in place of persons that the tables no longer have',
  'the contact center and the CRM themselves: they export again what they still have',
  "logs of workers, the queue and the store: they may name an object's key; they go with their own retention",
]

export function printErase(context: CliContext, ended: EraseEnd, options: CommonOptions): string {
  if (options.json === true) return formatJson({ ...ended, beyondReach })
  return formatCommands(
    context,
    (ended.kind === 'counted' ? counted(ended) : erased(ended)).join('\n'),
    options,
  )
}

function counted({ counts, consumers, unreadable }: EraseEnd & { kind: 'counted' }): string[] {
  return [
    'would erase:',
    ...linesOf(counts),
    ...(consumers > 1
      ? [
          `the sessions are of ${formatCount(consumers, 'consumer')}: erase needs --consumers-max ${consumers} if they are one person`,
        ]
      : []),
    ...unreadableLines(
      unreadable,
      'erase needs the key. With --skip-unreadable it goes on, but a later erasure of the rest needs each id, number and address of the person, which the tables no longer tell then: write them down before',
    ),
    'nothing was changed',
  ]
}

function erased({
  report: { erasureId, counts, remaining, unreadable, openRuns },
}: EraseEnd & { kind: 'erased' }): string[] {
  return [
    `erasure ${erasureId} is done:`,
    ...linesOf(counts),
    ...(remaining === 0
      ? []
      : [
          `${formatCount(remaining, 'session')} still name the person: workers stored them meanwhile; run this command again`,
        ]),
    ...unreadableLines(
      unreadable,
      'With the key, run this command again, once with each id, number and address of the person',
    ),
    ...openRuns.map(
      (run) =>
        `backfill run ${run} is open, and its positions hold a key that names the person: finish it, and run this command again`,
    ),
    'What this command cannot reach:',
    ...beyondReach.map((line) => `  ${line}`),
  ]
}

/** Encrypted documents and bytes of rejections that were not searched. */
export function unreadableLines(unreadable: readonly Unreadable[], toDo: string): string[] {
  return unreadable.map(({ code, message, count }) => {
    const contents = formatCount(
      count,
      'encrypted document or rejection',
      'encrypted documents or rejections',
    )
    return code === 'data_key_missing'
      ? `${contents} can never be read again: ${message}`
      : `${contents} could not be read, and may name the person: ${message}. ${toDo}`
  })
}

function linesOf(counts: ErasureCounts): string[] {
  const lines = [
    ...[
      formatCount(counts.sessions, 'session'),
      `${formatCount(counts.mentions, 'session')} of others that name the person in a text`,
    ],
    `${formatCount(counts.agentSessions, 'session')} with the agent`,
    ...[
      formatCount(counts.documents, 'raw document'),
      `${formatCount(counts.collisions, 'document')} of sessions that share an id`,
    ],
    formatCount(counts.rejections, 'rejection'),
    `${formatCount(counts.objects, 'key', 'keys')} of objects`,
    `${formatCount(counts.keys, 'key')} in place of consumers`,
    ...[
      formatCount(counts.agents, 'agent'),
      `${formatCount(counts.samples, 'sample')} of drift and comparisons`,
    ],
  ]
  return lines.map((line) => `  ${line}`)
}
