select * from {{ source('aftercall', 'transfer') }}
