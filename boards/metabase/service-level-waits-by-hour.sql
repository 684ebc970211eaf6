-- Service level: Speed of answer. The mean and the approximate 90th percentile of waits that ended with an answer.
select date_trunc('hour', h.local_hour) as "time",
       sum(h.answer_sum)::float8 / nullif(sum(h.answer_waits), 0) as asa,
       least(analytics.percentile(analytics.sum_histogram(h.answer_histogram), 0.9), max(h.answer_max))::float8 as answer_p90
from analytics.queue_hourly h
join analytics.queue q using (source, menu_path_id)
where h.local_day between {{from}} and {{to}}
  [[and h.source = {{source}}]] [[and h.channel = {{channel}}]] [[and q.name = {{queue}}]]
group by 1
order by 1
