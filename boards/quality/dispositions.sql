-- A session counts once for each code.
select d.list, d.code, sum(d.sessions)::bigint as sessions
from analytics.disposition_daily d
where d.local_day between $__timeFrom()::date and $__timeTo()::date
  and d.source in (${source:sqlstring}) and d.channel in (${channel:sqlstring})
group by 1, 2
order by 3 desc, 1, 2
limit 25
