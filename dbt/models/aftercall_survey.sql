select * from {{ source('aftercall', 'survey') }}
