import type { TableName } from '../tables/table-spec.ts'

/**
 * What a column with personal data holds, and so what erasing does with it.
 * - `consumer-id`: tells whose session it is.
 * - `agent-id`: is counted in figures of agents, so it stays when a consumer is erased, and gets another number when the
 *   agent is.
 * - `contact`: a number, an address, or an identifier of a person. It tells whose session it is, unless it is an agent's.
 * - `detail`: says something else about a person.
 * - `free`: text or JSON that may hold anything.
 */
export type PersonalColumn = {
  holds: 'consumer-id' | 'agent-id' | 'contact' | 'detail' | 'free'
  /** The column of the same row with the id of the agent whom it is about. Null there: it is about the consumer. */
  agent?: string
}

const consumerId: PersonalColumn = { holds: 'consumer-id' }
const agentId: PersonalColumn = { holds: 'agent-id' }
const contact: PersonalColumn = { holds: 'contact' }
const free: PersonalColumn = { holds: 'free' }
const contactOfAgent = (agent: string): PersonalColumn => ({ holds: 'contact', agent })
const detailOfAgent = (agent: string): PersonalColumn => ({ holds: 'detail', agent })

/**
 * Every column of a fact whose comment says that it holds personal data. A test compares this with the comments, so that a
 * new column is not forgotten (docs/adr/0050-the-erased-are-known-by-digest.md).
 */
export const personalColumns: Record<TableName, Readonly<Record<string, PersonalColumn>>> = {
  session: {
    feedback: free,
    fail_details: free,
    adapter_fail_message: free,
    recording_url: { holds: 'detail' },
    support_number: contact,
    outbound_number: contact,
    email: contact,
    ticket_id: { holds: 'detail' },
    ticket_url: { holds: 'detail' },
    agent_id: agentId,
    agent_name: detailOfAgent('agent_id'),
    agent_email: detailOfAgent('agent_id'),
    agent_number: detailOfAgent('agent_id'),
    end_user_id: consumerId,
    end_user_identifier: contact,
    end_user_contact_id: contact,
    smart_action_text: free,
    custom_data: free,
    custom_data_secured: free,
    sip_headers: free,
    extra: free,
  },
  call_participant: {
    user_id: agentId,
    end_user_id: consumerId,
    phone_number: contactOfAgent('user_id'),
    email: contactOfAgent('user_id'),
    first_name: detailOfAgent('user_id'),
    middle_name: detailOfAgent('user_id'),
    last_name: detailOfAgent('user_id'),
    caller_id: contactOfAgent('user_id'),
    teams: detailOfAgent('user_id'),
    location: detailOfAgent('user_id'),
    agent_assist: free,
    virtual_agent: free,
    virtual_agent_params: free,
    sip_headers: free,
    adapter_fail_message: free,
    extra: free,
  },
  transfer: {
    from_agent_id: agentId,
    from_agent_name: detailOfAgent('from_agent_id'),
    from_agent_email: detailOfAgent('from_agent_id'),
    to_agent_id: agentId,
    to_agent_name: detailOfAgent('to_agent_id'),
    to_agent_email: detailOfAgent('to_agent_id'),
    extra: free,
  },
  handle_duration: { agent_id: agentId, extra: free },
  queue_duration: { agent_id: agentId, extra: free },
  virtual_agent_handle_duration: { extra: free },
  consumer_handle_duration: { extra: free },
  consumer_event_duration: { extra: free },
  consumer_in_menu_duration: { extra: free },
  disposition: { user_id: agentId, note: free, extra: free },
  recording: { extra: free },
  recording_redaction: { start_agent_id: agentId, end_agent_id: agentId, extra: free },
  escalation: {
    to_agent_id: agentId,
    to_agent_name: detailOfAgent('to_agent_id'),
    to_agent_email: detailOfAgent('to_agent_id'),
    extra: free,
  },
  deflected_escalation: { extra: free },
  deflection: { extra: free },
  offer_event: { extra: free },
  media: { url: { holds: 'detail' }, extra: free },
  session_message: { body: free, to_number: contact, extra: free },
  wait_time_virtual_agent: { extra: free },
}

/** The column of all tables with what the others leave out: it may name an agent again, so it goes with one. */
export const restColumn = 'extra'
