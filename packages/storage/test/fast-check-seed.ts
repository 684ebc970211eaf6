import fc from 'fast-check'

/** Every property runs from this seed, which suites put into their name. `FC_SEED=… npx vitest run …` repeats a run. */
export const seed = Number(process.env.FC_SEED ?? Math.floor(Math.random() * 2 ** 31))

fc.configureGlobal({ seed })
