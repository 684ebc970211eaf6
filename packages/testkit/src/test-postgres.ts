/**
 * Options of `startPostgres` for a test's server. `TEST_POSTGRES_BIN=/usr/lib/postgresql/15/bin` runs the tests on that
 * release and build in place of the embedded one.
 */
export function testPostgres(environment: Readonly<Record<string, string | undefined>> = process.env): {
  binDir: string | undefined
} {
  const { TEST_POSTGRES_BIN: binDir } = environment
  return { binDir: binDir === '' ? undefined : binDir }
}
