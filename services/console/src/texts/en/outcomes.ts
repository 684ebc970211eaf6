import { formatNumber } from '@aftercall/operator/format/number'
import { outcomeMeaning } from '@aftercall/operator/outcome-meaning'
import type { LedgerOutcome } from '@aftercall/warehouse/ledger/ledger'
import type { Words } from '../marked.ts'

export const outcomes = {
  names: {
    stored: 'stored',
    superseded: 'superseded',
    duplicate: 'duplicate',
    ignored: 'ignored',
    missing: 'missing',
    rejected: 'rejected',
    failed: 'failed',
  } satisfies Record<LedgerOutcome, string>,
  meaning: outcomeMeaning,
  /** A number by a name of an outcome or of a count: `2 stored`. */
  count: (number: number, name: string): string =>
    `${formatNumber(number)} ${name === 'toLoad' ? 'to load' : name}`,
  noObjects: 'no objects',
}

/** When and how a step of an object happened. */
export const objectSteps = {
  announced: 'Announced',
  announcedBy: (event: string | null): string => `by ${event ?? 'an event without a name'}`,
  fetched: 'Fetched',
  unknownSize: 'unknown size',
  documents: (count: number): string => `${formatNumber(count)} ${count === 1 ? 'document' : 'documents'}`,
  removed: 'Removed from the bucket',
  removedText: 'its rows stay',
  ended: (name: string, code: string | null): string =>
    `${name.charAt(0).toUpperCase()}${name.slice(1)}${code === null ? '' : `: ${code}`}`,
  afterAnnounced: (duration: string): string => `${duration} after it was announced`,
  delivered: (times: string): string => `delivered ${times}`,
  rejection: (id: string, state: string): string => `Rejection ${id}, ${state}`,
  rejectionText: (code: string, detail: Words, seen: string, link: Words): Words => [
    `${code}: `,
    detail,
    `; seen ${seen}. `,
    link,
  ],
  whatToDo: 'What to do',
}
