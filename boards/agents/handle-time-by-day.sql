-- The parts of the average handle time, which add up to it.
select d.local_day::timestamp as "time",
       sum(d.talk_sum)::float8 / nullif(sum(d.handle_times), 0) as talk,
       sum(d.hold_sum)::float8 / nullif(sum(d.handle_times), 0) as hold,
       sum(d.acw_sum)::float8 / nullif(sum(d.handle_times), 0) as wrap_up,
       sum(d.bcw_sum)::float8 / nullif(sum(d.handle_times), 0) as before_call
from analytics.agent_daily d
where d.local_day between $__timeFrom()::date and $__timeTo()::date
  and d.source in (${source:sqlstring}) and d.channel in (${channel:sqlstring})
group by 1
order by 1
