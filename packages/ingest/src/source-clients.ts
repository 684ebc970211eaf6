import type { Config, SourceConfig } from '@aftercall/runtime/config'
import { type AwsEnvironment, createS3Client } from '@aftercall/storage/aws-clients'

export type SourceClients = {
  /** The client that reaches the source's store. Throws for a source that is not configured. */
  of(source: { name: string }): ReturnType<typeof createS3Client>
  destroy(): void
}

export type SourceClientsOptions = {
  sources: readonly SourceConfig[]
  s3: Config['s3']
  env: AwsEnvironment
  /** Requests under way at the same time, for each source. */
  connectionsMax: number
}

/** One S3 client a source: sources may be in different Regions and different stores. */
export function openSourceClients({ sources, s3, env, connectionsMax }: SourceClientsOptions): SourceClients {
  const clients = new Map(
    sources.map(({ name, region, endpoint, credentials }) => [
      name,
      createS3Client({
        ...{ env, region, endpoint, credentials, connectionsMax },
        forcePathStyle: s3.forcePathStyle,
      }),
    ]),
  )
  return {
    of({ name }) {
      const client = clients.get(name)
      if (client === undefined) throw new Error(`no client for source ${name}`)
      return client
    },
    destroy() {
      for (const client of clients.values()) client.destroy()
    },
  }
}
