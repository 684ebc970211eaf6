select * from {{ source('aftercall', 'queue') }}
