import { type DuckDBConnection, DuckDBInstance, type JS } from '@duckdb/node-api'

export type DuckDB = {
  run(text: string): Promise<void>
  rows<Row extends Record<string, unknown>>(text: string): Promise<Row[]>
  close(): void
}

/** A reader that is not ours, in this process. It fetches no extension: what it can do is built in. */
export async function openDuckdb(): Promise<DuckDB> {
  const instance = await DuckDBInstance.create(':memory:', {
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    threads: '1',
  })
  const connection: DuckDBConnection = await instance.connect()
  await connection.run("set timezone = 'UTC'")
  return {
    run: async (text) => {
      await connection.run(text)
    },
    rows: async <Row extends Record<string, unknown>>(text: string) => {
      const reader = await connection.runAndReadAll(text)
      const objects: Record<string, JS>[] = reader.getRowObjectsJS()
      // The caller names the columns of its own query.
      return objects as unknown as Row[]
    },
    close: () => {
      connection.closeSync()
      instance.closeSync()
    },
  }
}
