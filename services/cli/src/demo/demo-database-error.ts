/** The demo's Postgres has ended, although the demo was not stopped. */
export class DemoDatabaseError extends Error {
  override readonly name = 'DemoDatabaseError'
  readonly code = 'demo_database_ended'
  readonly retryable = false
  constructor(pid: number, dataDir: string | undefined) {
    const next =
      dataDir === undefined
        ? 'Its data was temporary and is removed. To start another: aftercall demo'
        : `Its data is kept. To go on: aftercall demo --data-dir ${dataDir}`
    super(`the demo's Postgres (process ${pid}) has ended, so the demo stops. ${next}`)
  }
}
