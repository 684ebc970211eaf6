-- Quality and customers: Sessions by outcome. Every session has one outcome.
select d.local_day::timestamp as "time",
       coalesce(d.outcome, 'not known') as metric,
       sum(d.sessions)::float8 as sessions
from analytics.session_daily d
where d.local_day between {{from}} and {{to}}
  [[and d.source = {{source}}]] [[and d.channel = {{channel}}]]
group by 1, 2
order by 1, 2
