/** How often a proof is repeated: `quick` in `npm test`, `thorough` in `npm run test:thorough`. */
export type Counts = { quick: number; thorough: number }

export function countOf(
  { quick, thorough }: Counts,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): number {
  return environment.TEST_THOROUGH === '1' ? thorough : quick
}
