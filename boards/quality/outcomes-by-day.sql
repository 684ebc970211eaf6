-- Every session has one outcome.
select d.local_day::timestamp as "time",
       coalesce(d.outcome, 'not known') as metric,
       sum(d.sessions)::float8 as sessions
from analytics.session_daily d
where d.local_day between $__timeFrom()::date and $__timeTo()::date
  and d.source in (${source:sqlstring}) and d.channel in (${channel:sqlstring})
group by 1, 2
order by 1, 2
