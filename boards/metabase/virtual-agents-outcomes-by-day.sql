-- Virtual agents: Handlings by outcome. One series for each outcome.
select d.local_day::timestamp as "time",
       coalesce(d.outcome, 'not known') as metric,
       sum(d.interactions)::float8 as interactions
from analytics.virtual_agent_daily d
where d.local_day between {{from}} and {{to}}
  [[and d.source = {{source}}]] [[and d.channel = {{channel}}]]
group by 1, 2
order by 1, 2
