import type { RejectionStory } from '@aftercall/warehouse/read-rejections'

const repairFile = 'The file itself is at fault: have it exported again, or repair it where it lies.'
const raiseLimit = 'Raise worker.objectBytesMax if such files are meant to be loaded.'
const checkAccess =
  'Check the access to the bucket (aftercall doctor), and whether the object can be read there.'
const newerRelease = 'A newer release may know what to do with it.'

const firstStepOf: Readonly<Record<string, string>> = {
  not_json: repairFile,
  empty_object: repairFile,
  gzip_broken: repairFile,
  identity_unreadable:
    'It says neither which session it is nor when that began, so it has no place in the tables.',
  too_many_documents: 'Split the file: it holds more documents than one object may.',
  document_too_deep: repairFile,
  object_too_large: raiseLimit,
  decompressed_too_large: raiseLimit,
  mapping_defect: `A defect of this program: please report it, without the file. ${newerRelease}`,
  database_refused: `The database refused a value of it; the reason names where. ${newerRelease}`,
  message_sns_subscription: 'Confirm the subscription: the topic delivers nothing until then.',
}

/** What a person can do about a rejection, step by step. */
export function adviceFor(story: RejectionStory): string[] {
  const { id, state, code, bucket, ledger, contentBytes, keptBytes } = story
  if (state === 'replayed') return ['Nothing: it is over.']
  const isWhole = keptBytes !== null && keptBytes === contentBytes
  const canBeTaken = bucket === null ? isWhole : ledger?.outcome !== 'missing'
  const again = `aftercall replay --id ${id}`
  return [
    firstStepOf[code] ?? otherStep(code),
    ...(keptBytes === null ? [] : [`What came (personal data): aftercall rejections show ${id} --content`]),
    ...(canBeTaken ? [`Then take it again: ${again}`] : []),
    ...(bucket !== null && isWhole
      ? [`Take the kept bytes again, without the bucket: ${again} --from raw`]
      : []),
    ...(state === 'ignored' ? [] : [`Or put it aside: aftercall rejections ignore ${id}`]),
  ]
}

function otherStep(code: string): string {
  if (code.startsWith('message_'))
    return 'Find out who sends such messages to the queue: only notifications of S3 belong there.'
  return code.startsWith('object_') ? checkAccess : repairFile
}
