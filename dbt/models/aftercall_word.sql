select * from {{ source('aftercall', 'word') }}
