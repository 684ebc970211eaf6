/**
 * What the demo, and README.md with it, proposes to ask first: how sessions ended, the service level, and the average handle
 * time, as docs/metrics.md defines them. A test runs each of them as an analyst.
 */
export const starterQueries: readonly string[] = [
  'select channel, outcome, count(*) from analytics.session where local_day > current_date - 30 group by 1, 2 order by 3 desc',
  'select source, round(sum(in_sla)::numeric / nullif(sum(in_sla + out_sla), 0), 3) as service_level from analytics.queue_entry where local_day > current_date - 30 group by 1 order by 1',
  'select channel, count(*) as handled, round(avg(handle_seconds)) as aht_seconds from analytics.handled_interaction where local_day > current_date - 30 group by 1',
]
