import type { Agent, Queue, Tenant, VirtualAgent } from './tenant.ts'
import type { Row, View } from './view.ts'

/** `agent_info`, `from_agent`, `to_agent`: a person. */
export function agentFields(tenant: Tenant, agent: Agent): Row {
  return {
    id: agent.id,
    agent_number: agent.number,
    email: agent.email,
    name: `${agent.firstName} ${agent.lastName}`,
    last_name: agent.lastName,
    first_name: agent.firstName,
    avatar_url: `https://${tenant.host}/avatars/user/${agent.id}.png`,
  }
}

export function virtualAgentFields(tenant: Tenant, virtualAgent: VirtualAgent): Row {
  return {
    id: virtualAgent.id,
    name: virtualAgent.name,
    va_alias: virtualAgent.alias,
    avatar_url: `https://${tenant.host}/avatars/virtual_agent/${virtualAgent.id}.png`,
  }
}

/** `agent_info` of the last handler: a person, a virtual agent, or no key at all (contract a.1.7). */
export function agentInfo(view: View): { agent_info?: Row } {
  const { scenario, asOf } = view
  const person = scenario.agentStays.findLast((stay) => !stay.barged && stay.startedAt <= asOf)
  if (person !== undefined) return { agent_info: agentFields(scenario.tenant, person.agent) }
  const machine = scenario.virtualAgentStays.at(-1)
  return machine === undefined
    ? {}
    : { agent_info: virtualAgentFields(scenario.tenant, machine.virtualAgent) }
}

export function menuPathFields(queue: Queue | null): Row | null {
  return queue === null
    ? null
    : { items_count: queue.depth, name: queue.pathName, materialized_path: queue.pathIds }
}

export function selectedMenuFields(queue: Queue | null): Row | null {
  return queue === null
    ? null
    : {
        id: queue.menuId,
        name: queue.name,
        parent_id: queue.parentId,
        position: queue.position,
        deleted: false,
        // The word for menus of SMS is not documented.
        menu_type: queue.menuType === 'sms_menu' ? null : queue.menuType,
        hidden: queue.hidden,
      }
}

export function endUserFields(view: View): Row | null {
  const { consumer } = view.scenario
  return consumer === null || consumer.id === null
    ? null
    : { id: consumer.id, identifier: consumer.identifier, out_contact_id: consumer.contactId }
}
