import type { Config, SourceConfig } from '@aftercall/runtime/config/config'
import { type AwsEnvironment, createS3Client } from '@aftercall/storage/aws/aws-clients'
import type { GetObject } from '@aftercall/storage/objects/get-object'
import { getObjectBySdk } from '@aftercall/storage/objects/get-object-by-sdk'
import { getObjectSigned } from '@aftercall/storage/objects/get-object-signed'
import { guardPaths } from '@aftercall/storage/objects/guard-paths'

type S3Client = ReturnType<typeof createS3Client>

/** How a source's store is reached. Both throw for a source that is not configured. */
export type SourceClients = {
  /** For everything but reading objects. */
  of(source: { name: string }): S3Client
  getObjectOf(source: { name: string }): GetObject
  destroy(): void
}

export type SourceClientsOptions = {
  sources: readonly SourceConfig[]
  s3: Config['s3']
  env: AwsEnvironment
  /** Requests under way at the same time, for each source. */
  connectionsMax: number
}

type SourceClient = { client: S3Client; getObject: GetObject; destroy(): void }

/** Clients of its own for each source: sources may be in different Regions and different stores. */
export function openSourceClients(options: SourceClientsOptions): SourceClients {
  const clients = new Map(options.sources.map((source) => [source.name, openClient(source, options)]))

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
    },
  }
}

function openClient(source: SourceConfig, { s3, env, connectionsMax }: SourceClientsOptions): SourceClient {
  const { bucket, region, endpoint, credentials, requestPayer, expectedBucketOwner } = source
  const client = createS3Client({
    ...{ env, region, endpoint, credentials, connectionsMax, requestPayer },
    forcePathStyle: s3.forcePathStyle,
    ...(expectedBucketOwner === undefined
      ? {}
      : { expectedOwner: { bucket, accountId: expectedBucketOwner } }),
  })
  const guarded = (getObject: GetObject): GetObject => guardPaths(getObject, client, source)
  if (s3.client === 'sdk')
    return { client, getObject: guarded(getObjectBySdk(client)), destroy: () => client.destroy() }
  const { getObject, destroy } = getObjectSigned({ client, env, connectionsMax })
  return {
    client,
    getObject: guarded(getObject),
    destroy() {
      destroy()
      client.destroy()
    },
  }
}
