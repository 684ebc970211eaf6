import { agentFields, menuPathFields, virtualAgentFields } from './people-fields.ts'
import type { Scenario, Transfer } from './scenario.ts'
import { type Row, rowId, timeText, type View, wrapUpKnownAt } from './view.ts'

/** `transfers[]`; calls and chats share it down to the name `call_duration` (contract b.2). */
export function transferRows(view: View): Row[] {
  const { scenario, asOf } = view
  const rows: Row[] = []
  for (const [index, transfer] of scenario.transfers.entries()) {
    if (transfer.createdAt > asOf) continue
    rows.push({
      id: rowId(view, 'transfer', index),
      ...progressFields(view, transfer, index),
      deflection: transfer.deflection,
      answer_type_path: transfer.answerPath,
      from_menu_path: menuPathFields(transfer.fromQueue),
      to_menu_path: menuPathFields(transfer.toQueue),
      from_agent: transfer.fromAgent === null ? null : agentFields(scenario.tenant, transfer.fromAgent),
      to_agent: transfer.toAgent === null ? null : agentFields(scenario.tenant, transfer.toAgent),
      from_virtual_agent: null,
      to_virtual_agent:
        transfer.toVirtualAgent === null
          ? null
          : virtualAgentFields(scenario.tenant, transfer.toVirtualAgent),
      from_queue_priority_level: transfer.fromQueue === null ? null : (scenario.priority ?? 0),
      to_queue_priority_level: transfer.toQueue === null ? null : (scenario.priority ?? 0),
    })
  }
  return rows
}

function progressFields(view: View, transfer: Transfer, index: number): Row {
  const { scenario, asOf } = view
  const leg = legOf(scenario, index)
  const legEnded = leg !== null && leg.endedAt <= asOf
  const waited = scenario.queueStays.find((stay) => stay.transfer === index)
  return {
    status: transfer.status,
    fail_reason: transfer.failReason,
    created_at: timeText(view, transfer.createdAt),
    assigned_at: timeText(view, transfer.assignedAt),
    connected_at: timeText(view, transfer.connectedAt),
    updated_at: timeText(view, lastChange(view, transfer, leg)),
    call_duration: leg === null ? 0 : legEnded ? leg.endedAt - leg.startedAt : null,
    wait_duration: waited === undefined ? 0 : waited.endedAt - waited.startedAt,
  }
}

// The record of a transfer changes when its agent leaves, and again when the agent's wrap-up is done.
function lastChange(view: View, transfer: Transfer, leg: Leg | null): number {
  if (leg === null) return transfer.settledAt
  const known = [leg.wrappedUpAt, leg.endedAt, leg.startedAt].find((at) => at <= view.asOf)
  return known ?? transfer.createdAt
}

type Leg = { startedAt: number; endedAt: number; wrappedUpAt: number }

function legOf(scenario: Scenario, index: number): Leg | null {
  const person = scenario.agentStays.find((stay) => stay.transfer === index && !stay.barged)
  if (person !== undefined) {
    const { startedAt, endedAt } = person
    return { startedAt, endedAt, wrappedUpAt: wrapUpKnownAt(person) }
  }
  const machine = scenario.virtualAgentStays.find((stay) => stay.transfer === index)
  return machine === undefined
    ? null
    : { startedAt: machine.startedAt, endedAt: machine.endedAt, wrappedUpAt: machine.endedAt }
}
