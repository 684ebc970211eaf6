-- All sessions of the days, as one row.
select sum(d.sessions)::bigint as sessions,
       sum(d.handled)::float8 / nullif(sum(d.sessions), 0) as handled_share,
       sum(d.rating_sum)::float8 / nullif(sum(d.rated), 0) as csat,
       sum(d.rated)::float8 / nullif(sum(d.sessions), 0) as response_rate,
       sum(d.with_transfer)::float8 / nullif(sum(d.handled), 0) as transfer_rate,
       sum(d.verified)::float8 / nullif(sum(d.sessions), 0) as verified_share
from analytics.session_daily d
where d.local_day between $__timeFrom()::date and $__timeTo()::date
  and d.source in (${source:sqlstring}) and d.channel in (${channel:sqlstring})
