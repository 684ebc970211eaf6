-- Attempts reached no consumer, and a barge is a supervisor who joined a call.
select d.local_day::timestamp as "time",
       sum(d.interactions)::float8 as interactions,
       sum(d.attempts)::float8 as attempts,
       sum(d.barges)::float8 as barges
from analytics.agent_daily d
where d.local_day between $__timeFrom()::date and $__timeTo()::date
  and d.source in (${source:sqlstring}) and d.channel in (${channel:sqlstring})
group by 1
order by 1
