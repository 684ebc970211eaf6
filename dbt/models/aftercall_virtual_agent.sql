select * from {{ source('aftercall', 'virtual_agent') }}
