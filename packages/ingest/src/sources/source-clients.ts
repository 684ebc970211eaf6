import type { Config, SourceConfig } from '@aftercall/runtime/config/config'
import { type AwsEnvironment, createS3Client, type S3ClientOptions } from '@aftercall/storage/aws/aws-clients'
import type { GetObject } from '@aftercall/storage/objects/get-object'
import { getObjectBySdk } from '@aftercall/storage/objects/get-object-by-sdk'
import { getObjectSigned, openObjectConnections } from '@aftercall/storage/objects/get-object-signed'
import { guardPaths } from '@aftercall/storage/objects/guard-paths'

type S3Client = ReturnType<typeof createS3Client>

/** How each source's store is reached. Both functions throw for a source that is not configured. */
export type SourceClients = {
  /** For everything but reading objects. It tries again by itself, as the SDK does. */
  of(source: { name: string }): S3Client
  /** Sends one request for an object: see `createFetchWithinLimit` and `loadListed` for further tries. */
  getObjectOf(source: { name: string }): GetObject
  destroy(): void
}

export type SourceClientsOptions = {
  sources: readonly SourceConfig[]
  s3: Config['s3']
  env: AwsEnvironment
  /** Requests in flight to each store. */
  connectionsMax: number
}

type SourceClient = { client: S3Client; getObject: GetObject; destroy(): void }

/**
 * Each source has its own clients, because sources may be in different Regions and different stores. They share connections to
 * the same store.
 */
export function openSourceClients(options: SourceClientsOptions): SourceClients {
  const http = openObjectConnections(options)
  const clients = new Map(options.sources.map((source) => [source.name, openClient(source, options, http)]))

  function find(name: string): SourceClient {
    const found = clients.get(name)
    if (found === undefined) throw new Error(`no client for source ${name}`)
    return found
  }

  return {
    of: ({ name }) => find(name).client,
    getObjectOf: ({ name }) => find(name).getObject,
    destroy() {
      for (const { destroy } of clients.values()) destroy()
      http.destroy()
    },
  }
}

function openClient(
  source: SourceConfig,
  { s3, env, connectionsMax }: SourceClientsOptions,
  http: ReturnType<typeof openObjectConnections>,
): SourceClient {
  const { bucket, region, endpoint, credentials, requestPayer, expectedBucketOwner } = source
  const options: S3ClientOptions = {
    ...{ env, region, endpoint, credentials, connectionsMax, requestPayer },
    forcePathStyle: s3.forcePathStyle,
    ...(expectedBucketOwner === undefined
      ? {}
      : { expectedOwner: { bucket, accountId: expectedBucketOwner } }),
  }
  const client = createS3Client(options)
  const objectClient = createS3Client({ ...options, attemptsMax: 1 })
  const bySdk = getObjectBySdk(objectClient)
  const signed =
    s3.client === 'sdk' ? undefined : getObjectSigned({ client, getObjectBySdk: bySdk, env, http })
  return {
    client,
    getObject: guardPaths(signed?.getObject ?? bySdk, client, source),
    destroy() {
      signed?.destroy()
      objectClient.destroy()
      client.destroy()
    },
  }
}
