/** For property tests: the seed from `FC_SEED`, or a new one. It is printed, so that a run can be repeated. */
export function propertySeed(): number {
  const given = process.env.FC_SEED
  const seed = given === undefined || given === '' ? Math.trunc(Math.random() * 2 ** 31) : Number(given)
  if (!Number.isSafeInteger(seed)) throw new Error('FC_SEED must be a whole number')
  process.stderr.write(`FC_SEED=${seed}\n`)
  return seed
}
