-- Quality and customers: Satisfaction. The mean of the ratings, on the scale of the survey.
select d.local_day::timestamp as "time",
       sum(d.rating_sum)::float8 / nullif(sum(d.rated), 0) as csat
from analytics.session_daily d
where d.local_day between {{from}} and {{to}}
  [[and d.source = {{source}}]] [[and d.channel = {{channel}}]]
group by 1
order by 1
