-- Service level: Queues. The queues with most entries first.
select h.source, q.name as queue,
       sum(h.entries)::bigint as entries,
       sum(h.in_sla)::float8 / nullif(sum(h.in_sla + h.out_sla), 0) as service_level,
       sum(h.abandoned)::float8 / nullif(sum(h.entries), 0) as abandon_rate,
       sum(h.answer_sum)::float8 / nullif(sum(h.answer_waits), 0) as asa,
       least(analytics.percentile(analytics.sum_histogram(h.answer_histogram), 0.9), max(h.answer_max))::float8 as answer_p90
from analytics.queue_hourly h
join analytics.queue q using (source, menu_path_id)
where h.local_day between {{from}} and {{to}}
  [[and h.source = {{source}}]] [[and h.channel = {{channel}}]] [[and q.name = {{queue}}]]
group by 1, 2
order by 3 desc, 1, 2
