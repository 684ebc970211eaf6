-- The mean and the approximate 90th percentile of waits that ended with an answer.
select $__timeGroupAlias(h.local_hour, '1h'),
       sum(h.answer_sum)::float8 / nullif(sum(h.answer_waits), 0) as asa,
       least(analytics.percentile(analytics.sum_histogram(h.answer_histogram), 0.9), max(h.answer_max))::float8 as answer_p90
from analytics.queue_hourly h
join analytics.queue q using (source, menu_path_id)
where h.local_day between $__timeFrom()::date and $__timeTo()::date and $__timeFilter(h.local_hour)
  and h.source in (${source:sqlstring}) and h.channel in (${channel:sqlstring}) and q.name in (${queue:sqlstring})
group by 1
order by 1
