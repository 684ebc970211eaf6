import { isJsonObject, type JsonObject } from '../read/parse-json.ts'
import { saysNothing } from '../tables/columns.ts'
import type { AgentPair } from '../tables/table-spec.ts'

const personKeys = ['email', 'first_name', 'last_name', 'agent_number']

/**
 * Whether an object with an agent's id and name is of a person or of a virtual agent: told by which keys are there, even
 * with null (contract, a.1.7 and g rule 18). Older builds write no `va_alias`, so that an object without any of a person's
 * keys is a virtual agent. Where the keys of both are there, those that say something decide; undefined when none does.
 */
export function agentVariantOf(object: JsonObject): 'person' | 'virtual' | undefined {
  const hasPersonKeys = personKeys.some((key) => key in object)
  if (!hasPersonKeys) return 'virtual'
  if (!('va_alias' in object)) return 'person'
  if (personKeys.some((key) => !saysNothing(object[key]))) return 'person'
  return saysNothing(object.va_alias) ? undefined : 'virtual'
}

/** The object with every agent under the key of its own variant, where it stands under the other's and that one is free. */
export function sortAgents(object: JsonObject, pairs: readonly AgentPair[]): JsonObject {
  let sorted = object
  for (const { person, virtual } of pairs) {
    const [one, other] = [object[person], object[virtual]]
    const isOfTheOther = saysNothing(other) ? isVirtualByKey(one) : saysNothing(one) && isPersonByKey(other)
    if (isOfTheOther) sorted = { ...sorted, [person]: other, [virtual]: one }
  }
  return sorted
}

function isVirtualByKey(agent: unknown): boolean {
  return isJsonObject(agent) && 'va_alias' in agent && agentVariantOf(agent) === 'virtual'
}

function isPersonByKey(agent: unknown): boolean {
  return isJsonObject(agent) && agentVariantOf(agent) === 'person'
}
