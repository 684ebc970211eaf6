import type { Viewer } from '../../identity.ts'
import type { Words } from '../marked.ts'

/** Around every page. */
export const shell = {
  skip: 'Skip to content',
  pages: 'Pages',
  sections: {
    overview: 'Overview',
    sessions: 'Sessions',
    objects: 'Objects',
    rejections: 'Rejections',
    runs: 'Runs',
    days: 'Days',
    drift: 'Drift',
    analytics: 'Analytics',
    actions: 'Actions',
  },
  find: 'Object or session',
  findHint: 'Find: id, key, address',
  language: 'Language',
  timesInUtc: 'Times in UTC',
  timesInMyZone: 'Times in my zone',
  asOf: (clock: Words, zone: Words): Words => ['as of ', clock, ', times in ', zone],
  /** `{time}` is replaced by the script. */
  notRefreshed: 'Not refreshed since {time}.',
  noAnswer: 'The console does not answer, or your session has expired. Reload the page.',
  retention: 'Retention',
  runbook: 'Runbook',
  viewer: (viewer: Viewer | undefined): string => {
    if (viewer === undefined) return 'The console only reads the database.'
    if (viewer.kind === 'actor') return `You are ${viewer.name}, and may ask the workers for actions.`
    switch (viewer.because) {
      case 'no_identity':
        return 'Read-only: this console does not know who you are (console.identity).'
      case 'not_signed_in':
        return 'Read-only: the proxy did not say who you are.'
      case 'not_listed':
        return `Read-only: you are ${viewer.name}, and console.actors does not list you.`
      case 'role':
        return 'Read-only: the database login of this console is not in aftercall_actor.'
    }
  },
  runbookLead: '',
}

/** What several pages say. */
export const common = {
  none: 'none',
  unknown: 'unknown',
  never: 'never',
  noData: 'no data',
  nothing: 'nothing',
  tookTooLong: 'took too long',
  source: 'Source',
  allSources: 'all sources',
  allActions: 'All actions',
  nextPage: 'Next page',
  show: 'Show',
  details: 'Details',
  /** Between a name and what is said of it. */
  colon: ': ',
  downloads: (csv: Words, json: Words): Words => ['As ', csv, ' or ', json],
  copy: 'Copy',
  copied: 'Copied',
  notAllowed: 'Not allowed',
  copyOf: (command: string): string => `Copy: ${command}`,
}
