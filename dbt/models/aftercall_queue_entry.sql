select * from {{ source('aftercall', 'queue_entry') }}
