select * from {{ source('aftercall', 'segment') }}
