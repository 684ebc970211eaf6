import { type RawBuilder, sql } from 'kysely'
import type { Database } from '../connection/database.ts'

/** Which rows of the rollups a chart counts. */
export type ChartFilter = {
  /** All of them if null. */
  source: string | null
  channel: 'call' | 'chat' | null
  /** Local days, both included. `2026-03-23` */
  from: string
  to: string
}

/** What a chart shows, with the query that it comes from; anyone who may read `analytics` can run it as it is. */
export type Chart<Row> = { sql: string; rows: Row[] }

export type HourVolume = { hour: number; entries: number; abandoned: number }
/** `serviceLevel`: 0 to 1; null if no entry was measured. */
export type QueueLevel = { queue: string; entries: number; serviceLevel: number | null }
/** `weekday`: 1 for Monday to 7 for Sunday. */
export type WeekHour = { weekday: number; hour: number; sessions: number }
export type TransferFlow = { from: string; to: string; transfers: number }
/** In seconds. */
export type HandleSplit = { queue: string; talk: number; hold: number; wrapUp: number; beforeCall: number }

const queuesShown = 15
const flowsShown = 40

/** Literals, so that the query that is shown is the one that was run. */
function within({ source, channel, from, to }: ChartFilter) {
  const conditions = [
    sql`own.local_day between ${sql.lit(from)} and ${sql.lit(to)}`,
    ...(source === null ? [] : [sql`own.source = ${sql.lit(source)}`]),
    ...(channel === null ? [] : [sql`own.channel = ${sql.lit(channel)}`]),
  ]
  return sql.join(conditions, sql` and `)
}

/** Entries into queues by the hour of the tenant's clock. */
export async function readHourVolume(db: Database, filter: ChartFilter): Promise<Chart<HourVolume>> {
  return run(
    db,
    sql<HourVolume>`
select extract(hour from own.local_hour)::integer as hour, sum(own.entries)::float8 as entries,
       sum(own.abandoned)::float8 as abandoned
from analytics.queue_hourly own
where ${within(filter)}
group by 1 order by 1 limit 24`,
  )
}

/** The queues with the most entries. */
export async function readQueueLevels(db: Database, filter: ChartFilter): Promise<Chart<QueueLevel>> {
  return run(
    db,
    sql<QueueLevel>`
select coalesce(queue.menu_path, own.source || ' ' || own.menu_path_id) as queue, sum(own.entries)::float8 as entries,
       (sum(own.in_sla) / nullif(sum(own.in_sla + own.out_sla), 0))::float8 as "serviceLevel"
from analytics.queue_daily own
left join analytics.queue on queue.source = own.source and queue.menu_path_id = own.menu_path_id
where ${within(filter)}
group by 1 order by 2 desc, 1 limit ${sql.lit(queuesShown)}`,
  )
}

export async function readWeekHours(db: Database, filter: ChartFilter): Promise<Chart<WeekHour>> {
  return run(
    db,
    sql<WeekHour>`
select extract(isodow from own.local_hour)::integer as weekday, extract(hour from own.local_hour)::integer as hour,
       sum(own.sessions)::float8 as sessions
from analytics.session_hourly own
where ${within(filter)}
group by 1, 2 order by 1, 2 limit 168`,
  )
}

/** From which queue to what, the most frequent. */
export async function readTransferFlows(db: Database, filter: ChartFilter): Promise<Chart<TransferFlow>> {
  return run(
    db,
    sql<TransferFlow>`
select coalesce(from_queue.menu_path, own.from_menu_path_id::text, 'no queue') as "from",
       coalesce(to_queue.menu_path, own.to_menu_path_id::text, replace(own.target_kind, '_', ' '), 'unknown') as "to",
       sum(own.transfers)::float8 as transfers
from analytics.transfer_daily own
left join analytics.queue from_queue on from_queue.source = own.source and from_queue.menu_path_id = own.from_menu_path_id
left join analytics.queue to_queue on to_queue.source = own.source and to_queue.menu_path_id = own.to_menu_path_id
where ${within(filter)}
group by 1, 2 order by 3 desc, 1, 2 limit ${sql.lit(flowsShown)}`,
  )
}

/** The queues with the most handle time. From hours: an agent's day is not split by queue (ADR 60). */
export async function readHandleSplits(db: Database, filter: ChartFilter): Promise<Chart<HandleSplit>> {
  return run(
    db,
    sql<HandleSplit>`
select coalesce(queue.menu_path, own.menu_path_id::text, 'no queue') as queue, sum(own.talk_sum)::float8 as talk,
       sum(own.hold_sum)::float8 as hold, sum(own.acw_sum)::float8 as "wrapUp", sum(own.bcw_sum)::float8 as "beforeCall"
from analytics.agent_hourly own
left join analytics.queue on queue.source = own.source and queue.menu_path_id = own.menu_path_id
where ${within(filter)}
group by 1 order by sum(own.handle_sum) desc, 1 limit ${sql.lit(queuesShown)}`,
  )
}

async function run<Row>(db: Database, query: RawBuilder<Row>): Promise<Chart<Row>> {
  const compiled = query.compile(db)
  const { rows } = await db.executeQuery<Row>(compiled)
  return { sql: `${compiled.sql.trim()};`, rows }
}
