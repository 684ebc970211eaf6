/** One question on the views, and on a table of raw documents, over the same days. Both give the same rows. */
export type RawQuestion = { title: string; analytics: string; raw: string }

/** A week within the loaded period, with more than a week before it for earlier contacts, and one after it for late revisions. */
const [first, last] = ['2026-03-30', '2026-04-05']

/** The local day of a time, because every tenant of the sample sends its own offset. */
function dayOf(time: string): string {
  return `left(${time}, 10)`
}

/** The newest document of each session that was created up to `daysBefore` days before these days, or on them. */
function sessionsFrom(daysBefore: number): string {
  return `(
    select distinct on (source, document ? 'chat_type', document ->> 'id') source, document,
           case when document ? 'chat_type' then 'chat' else 'call' end as channel
    from raw_document
    where received_at >= date '${first}' - ${daysBefore + 1}
      and ${dayOf(`document ->> 'created_at'`)} between (date '${first}' - ${daysBefore})::text and '${last}'
    order by source, document ? 'chat_type', document ->> 'id', (document ->> 'updated_at')::timestamptz desc, received_at desc
  ) s`
}

/** A call may have been scheduled days before it has any rows. */
const daysBefore = 8

/** Elements of an array that began on these days. */
function rowsOf(array: string, startedAt: string): string {
  return `(select s.*, own.row from ${sessionsFrom(daysBefore)} cross join jsonb_array_elements(document -> '${array}') own (row)
    where ${dayOf(`own.row ->> '${startedAt}'`)} between '${first}' and '${last}') r`
}

/** Rows of one agent and transfer are one interaction; a barge is none, nor is a call that nobody answered. */
const handledCalls = `(
  select source, document ->> 'id' as id,
         sum((row ->> 'call_duration')::integer + coalesce((row ->> 'acw_duration')::integer, 0)
             + coalesce((row ->> 'bcw_duration')::integer, 0)) as seconds
  from ${sessionsFrom(daysBefore)} cross join jsonb_array_elements(document -> 'handle_durations') own (row)
  where channel = 'call' and (row ->> 'barged')::boolean is not true
    and document ->> 'connected_at' is not null
  group by source, document ->> 'id', row ->> 'agent_id', row ->> 'transfer_id'
  having ${dayOf(`min(row ->> 'started_at') filter (where row ->> 'call_duration' <> '0' or coalesce(row ->> 'acw_duration', '0') = '0')`)} between '${first}' and '${last}'
) h`

const bound = `local_day between '${first}' and '${last}'`
/** A call of these days with a transfer: its id, and the one in its document, which is that of the first copy. */
export const aTransferredCall = `
  select session_id, document ->> 'id' as document_id
  from analytics.session
  join raw_document using (source)
  where source = 'harborline' and channel = 'call' and completed_transfers > 0 and ${bound}
    and document ? 'call_type' and (document ->> 'created_at')::timestamptz = session_created_at
  limit 1`

const parts: readonly [array: string, rows: string][] = [
  ['consumer_in_menu_durations', 'true'],
  ['virtual_agent_handle_durations', 'true'],
  ['queue_durations', 'true'],
  ['handle_durations', 'true'],
  ['handle_durations', `(row ->> 'assigned_connection_duration')::integer > 0`],
  ['transfers', 'true'],
  ['consumer_event_durations', 'true'],
]

/** The last one asks for the call that `aTransferredCall` finds. */
export function rawQuestions(call: { session_id: string; document_id: string }): RawQuestion[] {
  return [
    {
      title: 'sessions by half hour',
      analytics: `select local_half_hour::time::text, count(*) from analytics.session where ${bound} group by 1 order by 1`,
      raw: `select date_bin('30 minutes', left(document ->> 'created_at', 19)::timestamp, '2000-01-01')::time::text, count(*)
      from ${sessionsFrom(0)} group by 1 order by 1`,
    },
    {
      title: 'average handle time of calls',
      analytics: `select source, count(*), round(avg(handle_seconds), 1) from analytics.handled_interaction
      where channel = 'call' and ${bound} group by 1 order by 1`,
      raw: `select source, count(*), round(avg(seconds), 1) from ${handledCalls} group by 1 order by 1`,
    },
    {
      title: 'abandon rate of calls',
      analytics: `select source, sum(abandoned), sum(entries) from analytics.queue_entry
      where channel = 'call' and ${bound} group by 1 order by 1`,
      raw: `select source, count(*) filter (where row ->> 'agent_id' is null and (
               document ->> 'fail_reason' = 'eu_abandoned' and row ->> 'id' = (
                 select entry ->> 'id' from jsonb_array_elements(document -> 'queue_durations') entry
                 where entry ->> 'menu_path_id' is not null order by entry ->> 'started_at' desc, entry ->> 'id' desc limit 1)
               or exists (select from jsonb_array_elements(document -> 'transfers') t
                          where t ->> 'id' = row ->> 'transfer_id' and t ->> 'fail_reason' = 'eu_abandoned'))),
             count(*)
      from ${rowsOf('queue_durations', 'started_at')}
      where channel = 'call' and row ->> 'menu_path_id' is not null group by 1 order by 1`,
    },
    {
      title: 'service level of queues',
      analytics: `select source, sum(in_sla), sum(out_sla) from analytics.queue_entry where ${bound} group by 1 order by 1`,
      raw: `select source, count(*) filter (where row ->> 'service_level_event' = 'in_sla'),
             count(*) filter (where row ->> 'service_level_event' = 'not_in_sla')
      from ${rowsOf('queue_durations', 'started_at')} where row ->> 'menu_path_id' is not null group by 1 order by 1`,
    },
    {
      title: 'transfer rate of calls',
      analytics: `select (select sum(completed) from analytics.transfer where channel = 'call' and ${bound}),
             (select count(*) from analytics.handled_interaction where channel = 'call' and ${bound})`,
      raw: `select (select count(*) from ${rowsOf('transfers', 'created_at')}
              where channel = 'call' and row ->> 'status' = 'transferred'),
             (select count(*) from ${handledCalls})`,
    },
    {
      title: 'satisfaction',
      analytics: `select channel, count(rating), round(avg(rating), 3) from analytics.session where ${bound} group by 1 order by 1`,
      raw: `select channel, count(document ->> 'rating'), round(avg((document ->> 'rating')::numeric), 3)
      from ${sessionsFrom(0)} group by 1 order by 1`,
    },
    {
      title: 'repeat contacts within a week',
      analytics: `select source, sum(contacts), sum(repeated)
      from analytics.repeat_contacts('${first}', '${last}', '7 days', same_queue => false) group by 1 order by 1`,
      raw: `select source, count(*), count(*) filter (where since <= interval '7 days')
      from (select source, ${dayOf('created_at')} as day, created_at::timestamptz - lag(created_at::timestamptz) over (
                     partition by source, person order by created_at::timestamptz) as since
            from (select source, document ->> 'created_at' as created_at, document #>> '{end_user,id}' as person
                  from ${sessionsFrom(8)}
                  where coalesce(document ->> 'session_type_v2', document ->> 'session_type') !~* 'outbound|campaign') contact
            where person is not null) paired
      where day >= '${first}' group by 1 order by 1`,
    },
    {
      title: 'timeline of one session',
      analytics: `select count(*) from analytics.timeline('harborline', 'call', ${call.session_id})`,
      raw: `with newest as (
        select document from raw_document
        where source = 'harborline' and document ->> 'id' = '${call.document_id}' and document ? 'call_type'
        order by (document ->> 'updated_at')::timestamptz desc, received_at desc limit 1)
      select count(*) from (${parts
        .map(
          ([array, rows]) =>
            `select row from newest cross join jsonb_array_elements(document -> '${array}') own (row) where ${rows}`,
        )
        .join(' union all ')}) segment`,
    },
  ]
}
