select * from {{ source('aftercall', 'agent') }}
