import {
  type Claim,
  conversationKeys,
  type Fields,
  isWrapUp,
  numberOf,
  rowsOf,
  timeOf,
} from './document-fields.ts'

/** Talk rows span their time and follow an assignment; wrap-up rows follow their talk row. */
export function checkHandles(document: Fields, claim: Claim): void {
  const rows = rowsOf(document, 'handle_durations')
  const agents = rowsOf(document, 'participants').filter((row) => row.type === 'agent')
  for (const [index, row] of rows.entries()) {
    const place = `handle_durations[${index}]`
    if (isWrapUp(row)) checkWrapUp(rows, row, place, claim)
    else checkTalk(agents, row, place, claim)
  }
  checkConnection(document, rows, claim)
}

function checkTalk(agents: readonly Fields[], row: Fields, place: string, claim: Claim): void {
  const talk = numberOf(row, ...conversationKeys) ?? 0
  const started = timeOf(row, 'started_at')
  const ended = timeOf(row, 'ended_at')
  if (started === null || ended === null) return
  claim(talk === ended - started, `${place} states ${talk} s of talk but spans ${ended - started} s`)
  claim((numberOf(row, 'hold_duration') ?? 0) <= talk, `${place} holds longer than it talks`)
  const present = agents.some(
    (agent) =>
      agent.user_id === row.agent_id &&
      timeOf(agent, 'connected_at') === started &&
      timeOf(agent, 'ended_at', 'finished_at') === ended,
  )
  claim(present, `${place} has no participant of agent ${row.agent_id} for the same time`)
}

function checkWrapUp(rows: readonly Fields[], row: Fields, place: string, claim: Claim): void {
  const started = timeOf(row, 'started_at')
  const ended = timeOf(row, 'ended_at')
  if (started === null || ended === null) return
  const stated = numberOf(row, 'acw_duration')
  claim(stated === ended - started, `${place} states ${stated} s of wrap-up but spans ${ended - started} s`)
  const follows = rows.some(
    (talk) =>
      !isWrapUp(talk) &&
      talk.agent_id === row.agent_id &&
      talk.transfer_id === row.transfer_id &&
      talk.menu_path_id === row.menu_path_id &&
      timeOf(talk, 'ended_at') === started,
  )
  claim(follows, `${place} is a wrap-up without its talk row`)
  claim(row.hold_duration === null || row.hold_duration === undefined, `${place} is a wrap-up with hold`)
  claim(
    row.transfer_cold === null || row.transfer_cold === undefined,
    `${place} is a wrap-up with transfer_cold`,
  )
}

// Between assignment and talk there is only before-call work and the agent's acceptance.
function checkConnection(document: Fields, rows: readonly Fields[], claim: Claim): void {
  const own = rows.filter((row) => !isWrapUp(row) && row.barged !== true)
  const first = own.find((row) => row.transfer_id === null)
  if (first !== undefined) claimConnection('the first talk', document, first, claim)
  for (const transfer of rowsOf(document, 'transfers')) {
    const talk = own.find((row) => row.transfer_id === transfer.id)
    if (talk !== undefined) claimConnection(`the talk after transfer ${transfer.id}`, transfer, talk, claim)
  }
}

function claimConnection(name: string, assignment: Fields, talk: Fields, claim: Claim): void {
  const assigned = timeOf(assignment, 'assigned_at')
  const started = timeOf(talk, 'started_at')
  if (assigned === null || started === null) return
  const stated = (numberOf(talk, 'assigned_connection_duration') ?? 0) + (numberOf(talk, 'bcw_duration') ?? 0)
  claim(
    started - assigned === stated,
    `${name} began ${started - assigned} s after assignment, not ${stated} s`,
  )
}

/** A transfer waits as long as its queue row, and lasts at least as long as its talk and at most until its last change. */
export function checkTransfers(document: Fields, claim: Claim): void {
  const talks = [
    ...rowsOf(document, 'handle_durations'),
    ...rowsOf(document, 'virtual_agent_handle_durations'),
  ]
  for (const [index, transfer] of rowsOf(document, 'transfers').entries()) {
    const place = `transfers[${index}]`
    const queued = rowsOf(document, 'queue_durations').find((row) => row.transfer_id === transfer.id)
    const waited = queued === undefined ? null : numberOf(queued, 'queue_duration')
    const stated = numberOf(transfer, 'wait_duration')
    claim(waited === null || waited === stated, `${place} waited ${stated} s, its queue row ${waited} s`)
    const talk = talks.find((row) => row.transfer_id === transfer.id && !isWrapUp(row) && row.barged !== true)
    const least = talk === undefined ? null : numberOf(talk, ...conversationKeys)
    const lasted = numberOf(transfer, 'call_duration')
    const connected = timeOf(transfer, 'connected_at')
    const updated = timeOf(transfer, 'updated_at')
    if (least === null || lasted === null || connected === null || updated === null) continue
    const fits = lasted >= least && lasted <= updated - connected
    claim(
      fits,
      `${place} lasted ${lasted} s, but its talk ${least} s and its record ${updated - connected} s`,
    )
  }
}
