select * from {{ source('aftercall', 'virtual_agent_daily') }}
