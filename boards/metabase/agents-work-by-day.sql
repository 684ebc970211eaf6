-- Agents: Interactions. Attempts reached no consumer, and a barge is a supervisor who joined a call.
select d.local_day::timestamp as "time",
       sum(d.interactions)::float8 as interactions,
       sum(d.attempts)::float8 as attempts,
       sum(d.barges)::float8 as barges
from analytics.agent_daily d
where d.local_day between {{from}} and {{to}}
  [[and d.source = {{source}}]] [[and d.channel = {{channel}}]]
group by 1
order by 1
