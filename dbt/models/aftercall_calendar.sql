select * from {{ source('aftercall', 'calendar') }}
