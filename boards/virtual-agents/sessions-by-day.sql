-- Sessions that began with a virtual agent, and those of them that it resolved without an agent.
select d.local_day::timestamp as "time",
       sum(d.virtual_agent_first)::float8 as began_with_it,
       coalesce(sum(d.virtual_agent_first) filter (where d.outcome = 'self_served'), 0)::float8 as contained
from analytics.session_daily d
where d.local_day between $__timeFrom()::date and $__timeTo()::date
  and d.source in (${source:sqlstring}) and d.channel in (${channel:sqlstring})
group by 1
order by 1
