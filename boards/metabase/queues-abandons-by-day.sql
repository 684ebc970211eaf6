-- Queues: Abandon rate. With and without those that were shorter than the threshold of their queue.
select d.local_day::timestamp as "time",
       sum(d.abandoned)::float8 / nullif(sum(d.entries), 0) as abandon_rate,
       sum(d.abandoned - d.abandoned_short)::float8 / nullif(sum(d.entries), 0) as without_short
from analytics.queue_daily d
join analytics.queue q using (source, menu_path_id)
where d.local_day between {{from}} and {{to}}
  [[and d.source = {{source}}]] [[and d.channel = {{channel}}]] [[and q.name = {{queue}}]]
group by 1
order by 1
