import type { BuildAppOptions } from 'fauxqs'

type Stores = NonNullable<BuildAppOptions['stores']>
export type S3Store = Stores['s3Store']
export type SqsStore = Stores['sqsStore']
export type SqsQueue = NonNullable<ReturnType<SqsStore['getQueueByArn']>>
export type S3Object = ReturnType<S3Store['putObject']>

/** All buckets and queues of one account, in memory, and with a folder also in an SQLite file. */
export type FauxqsStores = Stores & {
  /** Puts a message into a queue, visible after the delay. */
  enqueue(queue: SqsQueue, body: string, delaySeconds: number): void
  /** The stored objects of a bucket by key. Undefined if there is no such bucket. */
  objectsOf(bucket: string): ReadonlyMap<string, S3Object> | undefined
  /** Sets the current address of the server for every queue. Restored queues have that of the last run. */
  relocateQueues(endpoint: string): void
  close(): void
}

export const accountId = '000000000000'

type Persistence = NonNullable<SqsStore['persistence']>

/**
 * Does what fauxqs itself does at start, with its inner modules. Its own `startFauxqs` listens on every network interface and
 * gives no access to requests, and `buildApp` alone has no persistence. The exact pin of fauxqs makes this safe. A breaking
 * update shows at once, because every start uses this code.
 */
export async function openFauxqsStores(dataDir: string | undefined): Promise<FauxqsStores> {
  const { SqsStore } = (await importInner('sqs/sqsStore.js')) as {
    SqsStore: (new () => SqsStore) & {
      createMessage(
        body: string,
        attributes: object,
        delaySeconds?: number,
      ): Parameters<SqsQueue['enqueue']>[0]
    }
  }
  const { SnsStore } = (await importInner('sns/snsStore.js')) as { SnsStore: new () => Stores['snsStore'] }
  const { S3Store } = (await importInner('s3/s3Store.js')) as { S3Store: new () => S3Store }
  const stores: Stores = { sqsStore: new SqsStore(), snsStore: new SnsStore(), s3Store: new S3Store() }
  // Without a host, a queue's URL has the address that the client used.
  stores.sqsStore.host = ''
  const persistence = dataDir === undefined ? undefined : await openPersistence(stores, dataDir)

  return {
    ...stores,
    enqueue(queue, body, delaySeconds) {
      queue.enqueue(SqsStore.createMessage(body, {}, delaySeconds))
    },
    objectsOf: (bucket) => innerMap<Map<string, S3Object>>(stores.s3Store, 'buckets').get(bucket),
    relocateQueues: (endpoint) => relocateQueues(stores.sqsStore, endpoint),
    close: () => persistence?.close(),
  }
}

async function importInner(path: string): Promise<unknown> {
  return await import(new URL(path, import.meta.resolve('fauxqs')).href)
}

async function openPersistence(stores: Stores, dataDir: string): Promise<Persistence> {
  const { PersistenceManager } = (await importInner('persistence.js')) as {
    PersistenceManager: new (dataDir: string) => Persistence
  }
  const persistence = new PersistenceManager(dataDir)
  // A killed process loses nothing with NORMAL, and waiting for the disk on every write would halve the rate.
  innerDatabase(persistence).exec('PRAGMA synchronous = NORMAL')
  persistence.load(stores.sqsStore, stores.snsStore, stores.s3Store)
  stores.sqsStore.persistence = persistence
  stores.snsStore.persistence = persistence
  stores.s3Store.persistence = persistence
  for (const queue of stores.sqsStore.allQueues()) queue.persistence = persistence
  return persistence
}

function relocateQueues(store: SqsStore, endpoint: string): void {
  const queues = innerMap<{ name: string; url: string }>(store, 'queues')
  for (const queue of [...queues.values()]) {
    queues.delete(queue.url)
    queue.url = `${endpoint}/${accountId}/${queue.name}`
    queues.set(queue.url, queue)
  }
}

function innerMap<Value>(store: object, name: string): Map<string, Value> {
  const map = (store as Record<string, unknown>)[name]
  if (!(map instanceof Map)) throw new Error(`fauxqs has changed: no map ${name} in its store`)
  return map as Map<string, Value>
}

function innerDatabase(persistence: Persistence): { exec(sql: string): void } {
  return (persistence as unknown as { db: { exec(sql: string): void } }).db
}
