import { existsSync } from 'node:fs'

/** The migrations are beside the built command, whose chunks are in a folder, or at the root of the repository. */
export function findMigrationsDir(): string {
  const places = ['./migrations', '../migrations', '../../../migrations'].map(
    (place) => new URL(place, import.meta.url).pathname,
  )
  const found = places.find((place) => existsSync(place))
  if (found === undefined) throw new Error(`no migrations found in ${places.join(' or ')}`)
  return found
}
