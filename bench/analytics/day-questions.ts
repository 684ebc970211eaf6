/** A question of one day. */
export type DayQuestion = {
  title: string
  /** As docs/analytics.md says to ask it: what is counted by day or hour is not counted again. */
  asked: string
  /** The same by the rows of that day, where the other does not read them itself. */
  byRows?: string
}

export function questionsOfADay(day: string): readonly DayQuestion[] {
  const ofDay = `local_day = '${day}'`
  return [
    {
      title: 'sessions by source and channel',
      asked: `select source, channel, sum(sessions) from session_daily where ${ofDay} group by 1, 2 order by 1, 2`,
      byRows: `select source, channel, count(*) from session where ${ofDay} group by 1, 2 order by 1, 2`,
    },
    {
      title: 'sessions by hour and outcome',
      asked: `select local_hour, outcome, sum(sessions) from session_hourly where ${ofDay} group by 1, 2 order by 1, 2`,
      byRows: `select date_trunc('hour', local_created_at), outcome, count(*) from session where ${ofDay}
               group by 1, 2 order by 1, 2`,
    },
    {
      title: 'handle time by agent',
      asked: `select agent_key, sum(interactions), sum(handle_sum) from agent_daily where ${ofDay}
              group by 1 having sum(interactions) > 0 order by 1`,
      byRows: `select agent_key, count(*), coalesce(sum(handle_seconds), 0) from handled_interaction where ${ofDay}
               group by 1 order by 1`,
    },
    {
      title: 'handle time by outcome of the session',
      asked: `select outcome, sum(handled), sum(handle_sum) from session_daily where ${ofDay} group by 1 order by 1`,
      byRows: `select outcome, count(*) filter (where handled_interactions > 0), coalesce(sum(handle_seconds), 0)
               from session where ${ofDay} group by 1 order by 1`,
    },
    {
      title: 'service level by queue',
      asked: `select source, menu_path_id, sum(in_sla), sum(in_sla + out_sla) from queue_daily where ${ofDay}
              group by 1, 2 order by 1, 2`,
      byRows: `select source, menu_path_id, sum(in_sla), sum(in_sla + out_sla) from queue_entry where ${ofDay}
               group by 1, 2 order by 1, 2`,
    },
    {
      title: 'transfers by queue',
      asked: `select source, from_menu_path_id, sum(transfers), sum(completed) from transfer_daily where ${ofDay}
              group by 1, 2 order by 1, 2`,
      byRows: `select source, from_menu_path_id, count(*), sum(completed) from transfer where ${ofDay}
               group by 1, 2 order by 1, 2`,
    },
    {
      title: 'service level by half hour',
      asked: `select date_bin('30 minutes', local_started_at, '2000-01-01'), sum(in_sla), sum(in_sla + out_sla)
              from queue_entry where ${ofDay} group by 1 order by 1`,
    },
    {
      title: 'completeness',
      asked: `select * from completeness('${day}', '${day}')`,
    },
  ]
}

/** What is counted nowhere: it needs the rows of all sessions of the day. */
export function questionOfSessions(day: string): string {
  return `select s.status, count(*), sum(h.handle_seconds)
    from handled_interaction h join session s using (source, channel, session_id, session_created_at)
    where h.local_day = '${day}' and s.local_day between date '${day}' - 1 and '${day}' group by 1 order by 1`
}
