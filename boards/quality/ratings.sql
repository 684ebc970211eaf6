-- How many sessions were rated how.
select rating, sum(counted)::bigint as sessions
from analytics.session_daily d
cross join lateral (values
  ('1', d.rated_1), ('2', d.rated_2), ('3', d.rated_3), ('4', d.rated_4), ('5', d.rated_5)) own (rating, counted)
where d.local_day between $__timeFrom()::date and $__timeTo()::date
  and d.source in (${source:sqlstring}) and d.channel in (${channel:sqlstring})
group by 1
order by 1
