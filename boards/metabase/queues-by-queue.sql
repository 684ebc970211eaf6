-- Queues: Waits by queue. Percentiles are approximate: of a histogram.
select d.source, q.name as queue,
       sum(d.entries)::bigint as entries,
       sum(d.answered)::bigint as answered,
       sum(d.abandoned)::float8 / nullif(sum(d.entries), 0) as abandon_rate,
       least(analytics.percentile(analytics.sum_histogram(d.answer_histogram), 0.5), max(d.answer_max))::float8 as answer_p50,
       least(analytics.percentile(analytics.sum_histogram(d.answer_histogram), 0.9), max(d.answer_max))::float8 as answer_p90,
       max(d.answer_max) as longest_answered,
       max(d.abandon_max) as longest_abandoned
from analytics.queue_daily d
join analytics.queue q using (source, menu_path_id)
where d.local_day between {{from}} and {{to}}
  [[and d.source = {{source}}]] [[and d.channel = {{channel}}]] [[and q.name = {{queue}}]]
group by 1, 2
order by 3 desc, 1, 2
