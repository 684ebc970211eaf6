-- Agents: All agents. All work of the days, as one row. Agents are counted by their keys.
select sum(d.interactions)::bigint as interactions,
       count(distinct (d.source, d.agent_key)) filter (where d.interactions > 0 and d.agent_key is not null) as agents,
       sum(d.handle_sum)::float8 / nullif(sum(d.handle_times), 0) as aht,
       analytics.percentile(analytics.sum_histogram(d.handle_histogram), 0.9)::float8 as handle_p90,
       sum(d.with_hold)::float8 / nullif(sum(d.interactions), 0) as hold_rate,
       sum(d.response_sum)::float8 / nullif(sum(d.responses), 0) as response_time,
       sum(d.attempts)::bigint as attempts
from analytics.agent_daily d
where d.local_day between {{from}} and {{to}}
  [[and d.source = {{source}}]] [[and d.channel = {{channel}}]]
