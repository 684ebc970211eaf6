select * from {{ source('aftercall', 'session') }}
