-- Why it handed over, as the platform words it.
select coalesce(d.escalation_reason, 'not given') as reason,
       sum(d.interactions)::bigint as escalations
from analytics.virtual_agent_daily d
where d.local_day between $__timeFrom()::date and $__timeTo()::date
  and d.source in (${source:sqlstring}) and d.channel in (${channel:sqlstring})
  and d.outcome like 'escalated%'
group by 1
order by 2 desc, 1
