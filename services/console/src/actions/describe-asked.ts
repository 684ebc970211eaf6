import { formatCount } from '@aftercall/operator/format/plural'
import type { AskedAction } from './asked-action.ts'

/** The title of a confirmation, the label of its button, and what will happen. */
export type AskedWords = { title: string; label: string; what: string }

/** `count`: how many it is about; null where that is not known. */
export function describeAsked(asked: AskedAction, count: number | null): AskedWords {
  const rejections = formatCount(count ?? 0, 'rejection')
  switch (asked.kind) {
    case 'replay':
      return {
        ...label(`Replay ${rejections}`),
        what: `A worker reads the objects from the bucket again. What can be used now is stored, and what still cannot stays rejected.`,
      }
    case 'replay-kept':
      return {
        ...label(`Replay ${rejections} from the kept bytes`),
        what: 'A worker reads the bytes that were kept with the rejections, not the bucket.',
      }
    case 'ignore':
      return {
        ...label(`Ignore ${rejections}`),
        what: 'They are no longer listed as open. An ignored rejection can be opened again.',
      }
    case 'reopen':
      return { ...label(`Reopen ${rejections}`), what: 'They are listed as open again.' }
    case 'reconcile': {
      const { source, fix } = asked.fields
      return {
        ...label(`Reconcile ${source}`),
        what: `A worker lists the bucket of ${source} and compares it with the ledger${fix === 'on' ? '. It loads what is missing or outdated, and records what is gone' : ', and loads nothing'}.`,
      }
    }
    case 'backfill': {
      const { source, dryRun } = asked.fields
      if (dryRun === 'on')
        return {
          ...label(`Estimate a backfill of ${source}`),
          what: 'A worker lists the bucket, measures a sample, and says how many files there are to load, how long that takes and what AWS charges. It loads nothing.',
        }
      return {
        ...label(count === null ? `Load ${source}` : `Load ${formatCount(count, 'file')} of ${source}`),
        what: 'A worker loads them, the newest first, beside live traffic. You can pause the run.',
      }
    }
    case 'pause':
      return {
        ...label(`Pause run ${asked.fields.run}`),
        what: 'The process that loads it stops within seconds, and no worker continues it until it is resumed. Files that land are still loaded.',
      }
    case 'resume':
      return {
        ...label(`Resume run ${asked.fields.run}`),
        what: 'A worker continues the run where it stopped.',
      }
    case 'maintain':
      return {
        ...label('Maintain the database'),
        what: 'A worker creates partitions for coming months, drains the default partitions, and removes what is past its retention, within the limits of aftercall maintain.',
      }
  }
}

function label(text: string): { title: string; label: string } {
  return { title: `${text}?`, label: text }
}
