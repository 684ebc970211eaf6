-- Virtual agents: Escalations by reason. Why it handed over, as the platform words it.
select coalesce(d.escalation_reason, 'not given') as reason,
       sum(d.interactions)::bigint as escalations
from analytics.virtual_agent_daily d
where d.local_day between {{from}} and {{to}}
  [[and d.source = {{source}}]] [[and d.channel = {{channel}}]]
  and d.outcome like 'escalated%'
group by 1
order by 2 desc, 1
