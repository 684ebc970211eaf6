-- Quality and customers: Sessions with a rating. How many of the sessions have a rating.
select d.local_day::timestamp as "time",
       sum(d.rated)::float8 / nullif(sum(d.sessions), 0) as response_rate
from analytics.session_daily d
where d.local_day between {{from}} and {{to}}
  [[and d.source = {{source}}]] [[and d.channel = {{channel}}]]
group by 1
order by 1
