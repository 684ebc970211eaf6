/**
 * What the demo proposes to type first, and README.md with it. Each is a question of docs/cookbook.md, and right for any time
 * after the demo has begun.
 */
export const starterQueries: readonly string[] = [
  'select channel, outcome, count(*) from analytics.session where local_day > current_date - 30 group by 1, 2 order by 3 desc',
  'select source, sum(in_sla)::numeric / sum(in_sla + out_sla) as service_level from analytics.queue_entry where local_day > current_date - 30 group by 1',
  'select channel, count(*) as handled, round(avg(handle_seconds)) as aht_seconds from analytics.handled_interaction where local_day > current_date - 30 group by 1',
]
