select * from {{ source('aftercall', 'source') }}
