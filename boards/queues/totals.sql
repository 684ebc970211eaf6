-- All entries of the days, as one row.
select sum(d.entries)::bigint as entries,
       sum(d.entries) filter (where d.is_first)::bigint as first_entries,
       count(distinct (d.source, d.menu_path_id)) as queues,
       sum(d.abandoned)::float8 / nullif(sum(d.entries), 0) as abandon_rate,
       sum(d.abandon_sum)::float8 / nullif(sum(d.abandon_waits), 0) as average_abandon_time,
       max(d.answer_max) as longest_answered,
       sum(d.deflected)::bigint as deflected
from analytics.queue_daily d
join analytics.queue q using (source, menu_path_id)
where d.local_day between $__timeFrom()::date and $__timeTo()::date
  and d.source in (${source:sqlstring}) and d.channel in (${channel:sqlstring}) and q.name in (${queue:sqlstring})
