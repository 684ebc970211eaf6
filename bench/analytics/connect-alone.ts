import pg from 'pg'

/** Without parallel workers: their CPU would be missing, and a busy machine may have no core for them. */
export async function connectAlone(connectionString: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString })
  await client.connect()
  await client.query('set max_parallel_workers_per_gather = 0')
  return client
}
