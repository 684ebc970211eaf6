import { bucket, etagOf, type Mix } from '../mix/mix.ts'
import { firstSessionId, revisionsPerSession } from '../mix/session-templates.ts'
import { type Answer, type HttpRequest, writeResponse } from './http-server.ts'

/** A complete response; its variable parts are overwritten in a copy. */
type Prepared = { bytes: Buffer; idPlaces: readonly number[]; datePlace: number }

const notFound = '<?xml version="1.0" encoding="UTF-8"?><Error><Code>NoSuchKey</Code></Error>'
const pathPrefix = `/${bucket}/`

/** Answers path-style GETs of the mix's objects, and the requests of a worker that starts. */
export function createS3Answers(mix: Mix): Answer {
  const prepared = new Map<object, Prepared>()

  function responseOf(session: number, revision: number): Buffer {
    const template = mix.templateOf({ session, revision })
    let ready = prepared.get(template)
    if (ready === undefined) {
      ready = prepare(mix, session, revision)
      prepared.set(template, ready)
    }
    const response = Buffer.from(ready.bytes)
    const id = String(firstSessionId + session)
    for (const at of ready.idPlaces) response.write(id, at, 'latin1')
    response.write(dateText(), ready.datePlace, 'latin1')
    return response
  }

  function answer({ method, path }: HttpRequest): Buffer {
    const [place = '', query = ''] = path.split('?')
    const session = mix.sessionOfKey(decodeURIComponent(place.slice(pathPrefix.length)))
    if (method !== 'GET' || !place.startsWith(pathPrefix) || session === undefined) {
      return answerOther(method, place, query)
    }
    const version = /versionId=version(\d)/.exec(query)?.[1]
    return responseOf(session, version === undefined ? revisionsPerSession - 1 : Number(version))
  }

  return (request, respond) => respond(answer(request))
}

function answerOther(method: string, place: string, query: string): Buffer {
  const headers = { 'x-amz-request-id': 'C3D13FE58DE4C810', 'content-type': 'application/xml' }
  if (method === 'HEAD' && place.replace(/\/$/, '') === `/${bucket}`)
    return writeResponse('200 OK', headers, '')
  if (/list-type=2/.test(query)) {
    const list = `<?xml version="1.0" encoding="UTF-8"?><ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>${bucket}</Name><KeyCount>0</KeyCount><MaxKeys>1</MaxKeys><IsTruncated>false</IsTruncated></ListBucketResult>`
    return writeResponse('200 OK', headers, list)
  }
  return writeResponse('404 Not Found', headers, notFound)
}

/** The headers of a GET from S3 with versioning and default encryption. */
function prepare(mix: Mix, session: number, revision: number): Prepared {
  const { bytes, idPlaces } = mix.templateOf({ session, revision })
  const file = mix.fileOf(session, revision)
  const headers = [
    'x-amz-id-2: FMyUVURIY8/IgAtTv8xRjskZQpcIZ9KG4V5Wp6S7S/JRWeUWerMUE5JgHvANOjpD',
    'x-amz-request-id: C3D13FE58DE4C810',
    `Date: ${dateText()}`,
    `Last-Modified: ${file.lastModified.toUTCString()}`,
    `ETag: "${file.etag}"`,
    'x-amz-server-side-encryption: AES256',
    `x-amz-version-id: ${file.versionId}`,
    'Accept-Ranges: bytes',
    'Content-Type: application/json',
    `Content-Length: ${bytes.length}`,
    'Server: AmazonS3',
  ]
  const head = Buffer.from(`HTTP/1.1 200 OK\r\n${headers.join('\r\n')}\r\n\r\n`)
  const id = String(firstSessionId + session)
  const etagPlace =
    head.indexOf(etagOf(session, revision)) + etagOf(session, revision).lastIndexOf(`${id}${revision}`)
  return {
    bytes: Buffer.concat([head, bytes]),
    idPlaces: [etagPlace, ...idPlaces.map((at) => at + head.length)],
    datePlace: head.indexOf('Date: ') + 'Date: '.length,
  }
}

let dateOf = { second: 0, text: '' }

function dateText(): string {
  const second = Math.floor(Date.now() / 1_000)
  if (second !== dateOf.second) dateOf = { second, text: new Date(second * 1_000).toUTCString() }
  return dateOf.text
}
