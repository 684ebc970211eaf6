import type { Vocabulary } from '../vocabulary/vocabulary.ts'
import { callParticipantTable } from './call-participant.ts'
import { consumerEventDurationTable } from './consumer-event-duration.ts'
import { consumerHandleDurationTable } from './consumer-handle-duration.ts'
import { consumerInMenuDurationTable } from './consumer-in-menu-duration.ts'
import { deflectedEscalationTable } from './deflected-escalation.ts'
import { deflectionTable } from './deflection.ts'
import { dispositionTable } from './disposition.ts'
import { escalationTable } from './escalation.ts'
import { handleDurationTable } from './handle-duration.ts'
import { mediaTable } from './media.ts'
import { offerEventTable } from './offer-event.ts'
import { queueDurationTable } from './queue-duration.ts'
import { recordingTable } from './recording.ts'
import { recordingRedactionTable } from './recording-redaction.ts'
import { sessionTable } from './session.ts'
import { sessionMessageTable } from './session-message.ts'
import { type ChildTableSpec, isSourced, type TableSpec } from './table-spec.ts'
import { transferTable } from './transfer.ts'
import { virtualAgentHandleDurationTable } from './virtual-agent-handle-duration.ts'
import { waitTimeVirtualAgentTable } from './wait-time-virtual-agent.ts'

/** Tables whose rows come from arrays at the top of the document. */
export const childTables: readonly ChildTableSpec[] = [
  callParticipantTable,
  transferTable,
  handleDurationTable,
  queueDurationTable,
  virtualAgentHandleDurationTable,
  consumerHandleDurationTable,
  consumerEventDurationTable,
  consumerInMenuDurationTable,
  dispositionTable,
  recordingTable,
  escalationTable,
  deflectedEscalationTable,
  deflectionTable,
  offerEventTable,
  mediaTable,
  sessionMessageTable,
  waitTimeVirtualAgentTable,
]

/** All tables. The loader writes them in this order. */
export const tables: readonly (TableSpec | ChildTableSpec)[] = [
  sessionTable,
  ...childTables,
  recordingRedactionTable,
]

/** Every vocabulary that a column uses. Each has a lookup table with the same name. */
export const vocabularies: readonly Vocabulary[] = [
  ...new Set(
    tables.flatMap((table) => table.columns.filter(isSourced).flatMap((column) => column.vocabulary ?? [])),
  ),
]
