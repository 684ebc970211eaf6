import type { Filling } from './fill-database.ts'

/**
 * A contact center of ten million sessions a year, 27,400 a day, in five tenants of different size. There are eight teams in
 * place of the sample's 54 agents, each with queues of its own: 432 agents, with some 60 sessions on a day of work. `sessions`
 * says for how much of its last year the database is filled, in whole weeks.
 */
export function fillingOfLargeCenter(sessions: number): Filling {
  const weeks = Math.max(1, Math.round(sessions / sessionsAWeek))
  return {
    sessions: weeks * sessionsAWeek,
    periods: weeks,
    days: 7,
    rawDocuments: false,
    crowd: { copies: 26, teams: 8 },
    // Those that the questions and the counts read. All would take twice the disk.
    filled: [
      ...['warehouse.session', 'warehouse.queue_duration', 'warehouse.handle_duration', 'warehouse.transfer'],
      ...['warehouse.virtual_agent_handle_duration', 'warehouse.disposition', 'ingest.session_head'],
    ],
  }
}

const sessionsAWeek = Math.round((10_000_000 / 365) * 7)
