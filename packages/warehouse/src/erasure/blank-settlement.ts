import type { ErasedValue } from '@aftercall/metadata/erasure/erasure-digest'
import type { StorableSession } from '../copy/encode-session.ts'
import type { Rejection } from '../ledger/rejections.ts'
import { isNonEmpty, rejectionsOf, type Settlement } from '../load/settlement.ts'
import { type Blanking, blankSession } from './blank-session.ts'
import { namedInContent } from './named-in-content.ts'
import { contentNamed, namedInSession, objectNamed } from './named-values.ts'
import type { Erased } from './read-erased.ts'

/** Undefined for what was not erased. `key`: in place of the key of an erased object. */
export type FindErased = (value: ErasedValue) => (Erased & { key: string }) | undefined

/** The same settlement if nothing of it was erased. */
export function blankSettlement(settlement: Settlement, find: FindErased): Settlement {
  const { object } = settlement
  const objectKey =
    object === null ? undefined : find(objectNamed(object.source, object.bucket, object.key))?.key
  const withObject = objectKey === undefined ? settlement : withKey(settlement, objectKey)
  if (withObject.kind === 'documents') {
    const sessions = withObject.sessions.map((session) => blanked(session, objectKey, find))
    if (!isNonEmpty(sessions)) return withObject
    const isErased = sessions.some((session) => session.isErased === true)
    const rejections = withObject.rejections.map((one) => withoutContent(one, isErased, find))
    // The object's bytes hold what was erased, too.
    const bytes = isErased ? { content: null, keepsOriginal: false } : {}
    const isSame =
      objectKey === undefined &&
      sessions.every((one, at) => one === withObject.sessions[at]) &&
      rejections.every((one, at) => one === withObject.rejections[at])
    return isSame ? settlement : { ...withObject, sessions, rejections, ...bytes }
  }
  if (withObject.kind !== 'rejected') return withObject
  const rejections = withObject.rejections.map((one) => withoutContent(one, false, find))
  const isSame = rejections.every((one, at) => one === withObject.rejections[at])
  return isSame || !isNonEmpty(rejections) ? withObject : { ...withObject, rejections }
}

function withKey(settlement: Settlement, objectKey: string): Settlement {
  const { object } = settlement
  if (object === null) return settlement
  const moved = { ...settlement, object: { ...object, key: objectKey } } as Settlement
  const rejections = rejectionsOf(settlement).map((one) => ({ ...one, objectKey }))
  if (moved.kind === 'documents') return { ...moved, rejections }
  return moved.kind === 'rejected' && isNonEmpty(rejections) ? { ...moved, rejections } : moved
}

function withoutContent(rejection: Rejection, isErased: boolean, find: FindErased): Rejection {
  const { content, source } = rejection
  if (content === null) return rejection
  const isNamed =
    isErased ||
    [contentNamed(source, content), ...namedInContent(source ?? '', content)].some(
      (value) => find(value) !== undefined,
    )
  return isNamed ? { ...rejection, content: null } : rejection
}

function blanked(session: StorableSession, objectKey: string | undefined, find: FindErased): StorableSession {
  const agents = new Map<string, string>()
  const keys = new Map<string, string>()
  let blanks: Blanking['blanks'] = 'nothing'
  for (const value of namedInSession(session)) {
    const erased = find(value)
    if (erased === undefined) continue
    switch (erased.kind) {
      case 'customer':
      case 'contact':
      case 'session':
        blanks = 'all'
        break
      case 'mention':
        if (blanks === 'nothing') blanks = 'free'
        break
      case 'agent':
        if (erased.replacementId !== null) agents.set(value.value, erased.replacementId)
        break
      case 'key':
        if (erased.replacement !== null) keys.set(value.value, erased.replacement.replaceAll('-', ''))
        break
      case 'object':
      case 'content':
        break
    }
  }
  const isSame = blanks === 'nothing' && agents.size === 0 && keys.size === 0 && objectKey === undefined
  return isSame ? session : blankSession(session, { blanks, agents, keys, objectKey })
}
