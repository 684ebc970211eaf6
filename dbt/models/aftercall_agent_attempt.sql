select * from {{ source('aftercall', 'agent_attempt') }}
