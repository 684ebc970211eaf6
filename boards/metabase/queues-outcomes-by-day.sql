-- Queues: Entries by outcome. Every entry has one outcome, so the parts add up to the entries.
select d.local_day::timestamp as "time",
       sum(d.answered)::float8 as answered,
       sum(d.abandoned)::float8 as abandoned,
       sum(d.canceled)::float8 as canceled,
       sum(d.returned)::float8 as returned,
       sum(d.deflected)::float8 as deflected,
       sum(d.entries - d.answered - d.abandoned - d.canceled - d.returned - d.deflected)::float8 as other
from analytics.queue_daily d
join analytics.queue q using (source, menu_path_id)
where d.local_day between {{from}} and {{to}}
  [[and d.source = {{source}}]] [[and d.channel = {{channel}}]] [[and q.name = {{queue}}]]
group by 1
order by 1
