import { formatBytes } from '@aftercall/operator/format/bytes'
import { formatDuration } from '@aftercall/operator/format/duration'
import { formatNumber } from '@aftercall/operator/format/number'
import { formatCount } from '@aftercall/operator/format/plural'
import type { Action } from '@aftercall/warehouse/actions/action'
import type { AskedAction } from '../../actions/asked-action.ts'
import type { ActionFacts } from '../../actions/read-given.ts'
import { code, type Words } from '../marked.ts'

export const actions = {
  title: 'Actions',
  lead: 'What people asked the workers to do, by whom, and how it ended.',
  none: 'No action yet',
  noneText: [
    'Actions appear here when someone asks for them on a page of this console or with ',
    code('--via worker'),
    '.',
  ] as Words,
  older: 'Older actions',
  maintain: 'Maintain the database…',
  action: 'Action',
  state: 'State',
  askedBy: 'Asked by',
  confirmed: 'Confirmed',
  soFar: 'So far',
  asked: 'Asked',
  states: {
    waiting: 'waiting',
    running: 'running',
    done: 'done',
    failed: 'failed',
    cancelled: 'cancelled',
  } satisfies Record<Action['state'], string>,
  /** What was asked for, in a few words. */
  describe: (facts: ActionFacts): string => {
    const { kind, source, ids, code: failure, run, fix, dryRun, fromKept, prefix } = facts
    const of = source === null ? '' : ` of ${source}`
    const which = ids === null ? `rejections${of}` : formatCount(ids, 'rejection')
    const why = failure === null ? '' : `, ${failure}`
    switch (kind) {
      case 'replay':
        return `Replay ${which}${why}${fromKept ? ', from the kept bytes' : ''}`
      case 'ignore':
        return `Ignore ${which}${why}`
      case 'reopen':
        return `Reopen ${which}${why}`
      case 'backfill':
        return `${dryRun ? 'Estimate a backfill' : 'Backfill'}${of}${prefix === null ? '' : `, ${prefix}`}`
      case 'pause':
        return `Pause run ${run}${of}`
      case 'resume':
        return `Resume run ${run}${of}`
      case 'reconcile':
        return `Reconcile ${source ?? ''}${fix ? ' and fix' : ''}`
      case 'maintain':
        return 'Maintain'
    }
  },
}

export const action = {
  title: (id: string): string => `Action ${id}`,
  /** `counts`: what was done until now; empty if nothing was counted. */
  result: (state: Action['state'], counts: string): string => {
    switch (state) {
      case 'waiting':
        return 'It waits for a worker. Workers look for actions every five seconds, and do one bulk action of a source at a time.'
      case 'running':
        return `A worker carries it out${counts === '' ? '' : `; so far: ${counts}`}.`
      case 'done':
        return counts === '' ? 'Done.' : `Done: ${counts}.`
      case 'failed':
        return counts === '' ? 'It failed.' : `It failed; until then: ${counts}.`
      case 'cancelled':
        return counts === ''
          ? 'It was cancelled.'
          : `It was cancelled; what was done until then is kept: ${counts}.`
    }
  },
  estimate: (counts: Action['counts'], dollars: string): string => {
    const { listed = 0, toLoad = 0, bytes = 0, secondsLow, secondsHigh } = counts
    const time =
      secondsLow === undefined || secondsHigh === undefined
        ? ''
        : `, in about ${formatDuration(secondsLow * 1_000)} to ${formatDuration(secondsHigh * 1_000)}`
    return `${formatCount(listed, 'object')} listed. ${formatCount(toLoad, 'file')} to load, ${formatBytes(bytes)}${time}, for ${dollars} at list prices of us-east-1. Nothing was loaded.`
  },
  cancelling: (name: string): string => `${name} has cancelled it; the worker stops soon.`,
  cancel: 'Cancel',
  load: (files: number, dollars: string): string => `Load ${formatCount(files, 'file')}, ${dollars}…`,
  asker: (name: string, login: string): string => `${name}, through the login ${login}`,
  withoutNumber: 'without a number',
  arguments: 'Arguments',
  run: 'Run',
  runOf: (id: string): string => `Run ${id}`,
  worker: 'Worker',
  takenBy: (name: string, takes: number): string =>
    takes > 1 ? `${name}, the worker number ${takes}` : name,
  started: 'Started',
  ended: 'Ended',
  cancelledBy: 'Cancelled by',
}

/** Buttons beside a command that do the same. */
export const commandActs = {
  maintain: 'Maintain…',
  replay: 'Replay…',
  reconcile: 'Reconcile…',
  reconcileAndFix: 'Reconcile and fix…',
  resume: 'Resume…',
}

export const confirm = {
  /** The title of a confirmation has a question mark, the label of its button has not. */
  title: (label: string): string => `${label}?`,
  nothing: 'There is nothing to do any more: nothing matches.',
  typed: (count: number): string =>
    `These are many. To confirm, type the number ${formatNumber(count)} without separators:`,
  changed: (count: number, confirmed: number | null): string =>
    `There are ${count} now, and you have confirmed ${confirmed ?? 'no number'}. Please confirm again.`,
  otherNumber: 'The number that you typed is another one.',
  /** `count`: how many it is about; null where that is not known. */
  asked: (asked: AskedAction, count: number | null): { label: string; what: Words } => {
    const rejections = formatCount(count ?? 0, 'rejection')
    switch (asked.kind) {
      case 'replay':
        return {
          label: `Replay ${rejections}`,
          what: 'A worker reads the objects from the bucket again. What can be used now is stored, and what still cannot stays rejected.',
        }
      case 'replay-kept':
        return {
          label: `Replay ${rejections} from the kept bytes`,
          what: 'A worker reads the bytes that were kept with the rejections, not the bucket.',
        }
      case 'ignore':
        return {
          label: `Ignore ${rejections}`,
          what: 'They are no longer listed as open. An ignored rejection can be opened again.',
        }
      case 'reopen':
        return { label: `Reopen ${rejections}`, what: 'They are listed as open again.' }
      case 'reconcile':
        return askedReconcile(asked)
      case 'backfill':
        return askedBackfill(asked, count)
      case 'pause':
        return {
          label: `Pause run ${asked.fields.run}`,
          what: 'The process that loads it stops within seconds, and no worker continues it until it is resumed. Files that land are still loaded.',
        }
      case 'resume':
        return {
          label: `Resume run ${asked.fields.run}`,
          what: 'A worker continues the run where it stopped.',
        }
      case 'maintain':
        return {
          label: 'Maintain the database',
          what: 'A worker creates partitions for coming months, drains the default partitions, and removes what is past its retention, within the limits of aftercall maintain.',
        }
    }
  },
}

function askedReconcile({ fields: { source, fix } }: AskedAction & { kind: 'reconcile' }) {
  return {
    label: `Reconcile ${source}`,
    what: `A worker lists the bucket of ${source} and compares it with the ledger${fix === 'on' ? '. It loads what is missing or outdated, and records what is gone' : ', and loads nothing'}.`,
  }
}

function askedBackfill(
  { fields: { source, dryRun } }: AskedAction & { kind: 'backfill' },
  count: number | null,
) {
  if (dryRun === 'on')
    return {
      label: `Estimate a backfill of ${source}`,
      what: 'A worker lists the bucket, measures a sample, and says how many files there are to load, how long that takes and what AWS charges. It loads nothing.',
    }
  return {
    label: count === null ? `Load ${source}` : `Load ${formatCount(count, 'file')} of ${source}`,
    what: 'A worker loads them, the newest first, beside live traffic. You can pause the run.',
  }
}
