import { type Claim, type Fields, fieldsOf, numberOf, rowsOf } from './document-fields.ts'

const arraysWithId = [
  'transfers',
  'escalations',
  'deflection_details',
  'handle_durations',
  'queue_durations',
  'virtual_agent_deflected_escalations',
  'virtual_agent_handle_durations',
  'consumer_handle_durations',
  'consumer_event_durations',
  'consumer_in_menu_durations',
  'participants',
  'recordings',
  'photos',
  'videos',
]

export function checkUniqueIds(document: Fields, claim: Claim): void {
  for (const array of arraysWithId) {
    const ids = rowsOf(document, array).map((row) => row.id)
    claim(new Set(ids).size === ids.length, `${array} has an id twice`)
    claim(
      ids.every((id) => Number.isSafeInteger(id)),
      `${array} has a row without an integer id`,
    )
  }
}

/** Every referenced id belongs to a row of the document. */
export function checkReferences(document: Fields, claim: Claim): void {
  const transfers = idsOf(document, 'transfers')
  const escalations = idsOf(document, 'escalations')
  const participants = new Map(rowsOf(document, 'participants').map((row) => [row.id, row]))
  for (const array of [...arraysWithId, 'dispositions']) {
    for (const [index, row] of rowsOf(document, array).entries()) {
      const place = `${array}[${index}]`
      const { transfer_id: transferId, escalation_id: escalationId } = row
      claim(transferId == null || transfers.has(transferId), `${place} names no transfer of this session`)
      claim(row.transfer !== true || transferId != null, `${place} is a transfer without its id`)
      claim(
        escalationId == null || escalations.has(escalationId),
        `${place} names no escalation of this session`,
      )
      for (const key of ['call_id', 'chat_id']) {
        claim(!(key in row) || row[key] === document.id, `${place} belongs to another session`)
      }
    }
  }
  for (const [index, row] of rowsOf(document, 'dispositions').entries()) {
    const participant = participants.get(row.participant_id)
    claim(participant !== undefined, `dispositions[${index}] names no participant of this session`)
    claim(
      participant?.user_id === row.user_id,
      `dispositions[${index}] is by another agent than its participant`,
    )
  }
}

/** The selected menu is the leaf of the menu path. */
export function checkMenu(document: Fields, claim: Claim): void {
  const menu = fieldsOf(document, 'selected_menu')
  const path = fieldsOf(document, 'menu_path')
  claim((menu === null) === (path === null), 'selected_menu and menu_path do not go together')
  if (menu === null || path === null) return
  const ids = String(path.materialized_path).split('/')
  claim(ids.at(-1) === String(menu.id), `menu ${menu.id} is not the leaf of ${path.materialized_path}`)
  claim(numberOf(path, 'items_count') === ids.length, `items_count of ${path.materialized_path} is wrong`)
}

function idsOf(document: Fields, array: string): Set<unknown> {
  return new Set(rowsOf(document, array).map((row) => row.id))
}
