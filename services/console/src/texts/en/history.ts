import { formatNumber } from '@aftercall/operator/format/number'
import { formatCount } from '@aftercall/operator/format/plural'
import type { UnknownPlace } from '../../read-history.ts'
import { code, type Words } from '../marked.ts'

export const objects = {
  title: 'Objects',
  lead: 'Every object that was announced or found in a bucket, in the order of keys. Only outcomes with an index can be chosen: most objects are stored.',
  outcome: 'Outcome',
  allOutcomes: 'all outcomes',
  keyBegins: 'Key begins with',
  keyHint: 'of one source',
  none: 'No object is found',
  all: 'All objects',
  caption: (count: number): string => `${formatCount(count, 'object')} on this page`,
  object: 'Object',
  session: 'Session',
  ended: 'Ended',
  size: 'Size',
}

export const sessions = {
  title: 'Sessions',
  newestOfAll: 'newest of all',
  channel: 'Channel',
  orDay: 'or local day',
  none: 'No session is stored here',
  newest: 'The newest sessions of all sources',
  caption: (count: number, day: string | null): string =>
    `${formatCount(count, 'session')} on this page, ${day === null ? 'the highest ids first' : `of ${day}`}`,
  session: 'Session',
  started: 'Started',
  type: 'Type',
  outcome: 'Outcome',
  noneYet: 'No session is stored yet',
  noneYetText: 'The newest sessions of each source appear here.',
  recent: 'Recent sessions',
  recentCaption: 'The sessions with the highest ids of each source',
  stored: 'Stored',
  revisions: 'Revisions',
}

const howToSearch =
  'Search for s3://BUCKET/KEY, SOURCE/call/ID or SOURCE/chat/ID, an id, the name of a file, or the beginning of a key.'

export const history = {
  notFound: 'Not found',
  unknown: (place: UnknownPlace): Words => {
    switch (place) {
      case 'text':
        return `Nothing that is stored or was announced has this name. ${howToSearch}`
      case 'object':
        return 'The ledger does not contain this object: it was not announced, or its message is still in the queue. aftercall reconcile finds objects that were not announced.'
      case 'session':
        return 'No revision of this session is stored. If you know the key of its file, search for that.'
    }
  },
  withThisId: 'With this id',
  foundObjects: 'Whose key begins like this, or that held this session; at most 50',
  happened: 'What happened',
  theObject: 'The object',
  bytes: (bytes: number): string => formatCount(bytes, 'byte'),
  lastModified: 'Last modified',
  firstSeen: 'First seen',
  version: 'Version',
  sequencer: 'Sequencer',
  receives: 'Receives',
  receiveCount: (count: number): string => `${formatCount(count, 'receive')} of the last delivery`,
}

/** What is stored of one session. */
export const stored = {
  title: 'What is stored',
  latestEvent: 'Latest event',
  firstStored: 'First stored',
  lastStored: 'Last stored',
  revisionsAccepted: 'Revisions accepted',
  idAndTimes: 'Id and times',
  wrongClock: (said: Words, used: Words): Words => [
    'The document says that it was updated ',
    said,
    ', which cannot be true. Revisions are ordered by ',
    used,
    ' instead.',
  ],
  sharedId: (count: number, hasMore: boolean): Words => [
    `${hasMore ? 'More than ' : ''}${formatCount(count, 'other session has', 'other sessions have')} the same id. Only the one with the newest revision is in the tables; documents of the others are kept in `,
    code('warehouse.session_collision'),
    '. Configure one source for each platform instance.',
  ],
  sharedCaption: 'Sessions with the same id that are not stored',
  lastSeen: 'Last seen',
  rowsByTable: 'Rows by table',
  emptyTables: (count: number): string =>
    `${formatCount(count, 'other table has', 'other tables have')} none.`,
  revisions: 'Revisions',
  revisionsCaption: 'The accepted revisions in order; the last one is stored',
  updated: 'Updated',
  changes: 'What each revision changed',
  firstExport: 'First export',
  revision: (number: number): string => `Revision ${formatNumber(number)}`,
  changesUnknown: ['not known: ', code('raw'), ' does not keep both documents'] as Words,
  onlyTimes: 'nothing but its times or its order',
}
