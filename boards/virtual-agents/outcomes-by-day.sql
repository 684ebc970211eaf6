-- One series for each outcome.
select d.local_day::timestamp as "time",
       coalesce(d.outcome, 'not known') as metric,
       sum(d.interactions)::float8 as interactions
from analytics.virtual_agent_daily d
where d.local_day between $__timeFrom()::date and $__timeTo()::date
  and d.source in (${source:sqlstring}) and d.channel in (${channel:sqlstring})
group by 1, 2
order by 1, 2
