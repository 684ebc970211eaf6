export type DashboardQuestion = {
  title: string
  /** By the views of days and hours. */
  counted: string
  /** The same by the views of facts. */
  facts: string
}

const year = `local_day between '2025-04-13' and '2026-04-12'`
export const monthOfCompleteness = `select * from completeness_daily where day between '2026-03-01' and '2026-03-31'`

/** What a dashboard asks for a year, over all sources. */
export const dashboardQuestions: readonly DashboardQuestion[] = [
  {
    title: 'service level by day',
    counted: `select local_day, sum(entries), sum(in_sla), sum(out_sla), sum(abandoned) from queue_daily where ${year}
              group by 1 order by 1`,
    facts: `select local_day, count(*), count(*) filter (where service_level_event = 'in_sla'),
                   count(*) filter (where service_level_event = 'not_in_sla'), count(*) filter (where outcome = 'abandoned')
            from queue_entry where ${year} group by 1 order by 1`,
  },
  {
    title: 'speed of answer by queue',
    counted: `select source, menu_path_id, sum(answer_sum), sum(answer_waits), max(answer_max) from queue_daily where ${year}
              group by 1, 2 order by 1, 2`,
    facts: `select source, menu_path_id, coalesce(sum(wait_seconds), 0), count(wait_seconds), max(wait_seconds)
            from (select source, menu_path_id, case when outcome = 'answered' then own.wait_seconds end as wait_seconds
                  from queue_entry own where ${year}) own group by 1, 2 order by 1, 2`,
  },
  {
    title: 'queue entries by weekday and hour',
    counted: `select extract(isodow from local_hour), extract(hour from local_hour), sum(entries) from queue_hourly where ${year}
              group by 1, 2 order by 1, 2`,
    facts: `select extract(isodow from local_started_at), extract(hour from local_started_at), count(*) from queue_entry
            where ${year} group by 1, 2 order by 1, 2`,
  },
  {
    title: 'sessions by month and channel',
    counted: `select date_trunc('month', local_day), channel, sum(sessions), sum(handled), sum(with_transfer)
              from session_daily where ${year} group by 1, 2 order by 1, 2`,
    facts: `select date_trunc('month', local_day), channel, count(*), count(*) filter (where handled_interactions > 0),
                   count(*) filter (where completed_transfers > 0)
            from session where ${year} group by 1, 2 order by 1, 2`,
  },
  {
    title: 'handle time by agent',
    counted: `select agent_key, sum(interactions), sum(handle_sum), sum(handle_times) from agent_daily where ${year}
              group by 1 having sum(interactions) > 0 order by 1`,
    facts: `select agent_key, count(*), coalesce(sum(handle_seconds), 0), count(handle_seconds) from handled_interaction
            where ${year} group by 1 order by 1`,
  },
  {
    title: 'virtual agents by outcome',
    counted: `select virtual_agent_id, outcome, sum(interactions), sum(seconds_sum) from virtual_agent_daily where ${year}
              group by 1, 2 order by 1, 2`,
    facts: `select virtual_agent_id, outcome, count(*), coalesce(sum(seconds), 0) from virtual_agent_interaction
            where ${year} group by 1, 2 order by 1, 2`,
  },
  {
    title: 'transfers between queues',
    counted: `select from_menu_path_id, to_menu_path_id, status, sum(transfers), sum(wait_sum) from transfer_daily
              where ${year} group by 1, 2, 3 order by 1, 2, 3`,
    facts: `select from_menu_path_id, to_menu_path_id, status, count(*), coalesce(sum(wait_seconds), 0) from transfer
            where ${year} group by 1, 2, 3 order by 1, 2, 3`,
  },
  {
    title: 'dispositions by code',
    counted: `select list, code, sum(dispositions) from disposition_daily where ${year} group by 1, 2 order by 1, 2`,
    facts: `select list, code, count(*) from disposition where ${year} group by 1, 2 order by 1, 2`,
  },
]
