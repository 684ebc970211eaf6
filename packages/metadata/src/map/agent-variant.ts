import { isJsonObject, type JsonObject } from '../read/parse-json.ts'
import { isEmpty } from '../tables/columns.ts'
import type { AgentPair } from '../tables/table-spec.ts'

const personKeys = ['email', 'first_name', 'last_name', 'agent_number']

/**
 * Whether an object with an agent's id and name is a person or a virtual agent. The present keys decide, even with null
 * (contract, a.1.7 and g rule 18). Older builds write no `va_alias`, so an object without any of a person's keys is a virtual
 * agent. If the keys of both are present, those with a value decide. Undefined if none has a value.
 */
export function agentVariantOf(object: JsonObject): 'person' | 'virtual' | undefined {
  const hasPersonKeys = personKeys.some((key) => key in object)
  if (!hasPersonKeys) return 'virtual'
  if (!('va_alias' in object)) return 'person'
  if (personKeys.some((key) => !isEmpty(object[key]))) return 'person'
  return isEmpty(object.va_alias) ? undefined : 'virtual'
}

/** Moves agents that are under the key of the other variant to their own key, if that is free. */
export function sortAgents(object: JsonObject, pairs: readonly AgentPair[]): JsonObject {
  let sorted = object
  for (const { person, virtual } of pairs) {
    const [underPerson, underVirtual] = [object[person], object[virtual]]
    const isSwapped = isEmpty(underVirtual)
      ? isVirtualByKey(underPerson)
      : isEmpty(underPerson) && isPersonByKey(underVirtual)
    if (isSwapped) sorted = { ...sorted, [person]: underVirtual, [virtual]: underPerson }
  }
  return sorted
}

function isVirtualByKey(agent: unknown): boolean {
  return isJsonObject(agent) && 'va_alias' in agent && agentVariantOf(agent) === 'virtual'
}

function isPersonByKey(agent: unknown): boolean {
  return isJsonObject(agent) && agentVariantOf(agent) === 'person'
}
