-- The rows of one session among all that came under its id: without it each further session of an id costs a look at all
-- those before. By a hash, because a document can hold a uuid that is too long for an index. Inherited by the months. The table
-- holds collisions alone, so loaders wait a moment at the most.
create index session_collision_by_uuid on warehouse.session_collision
  (source, channel, session_id, hashtextextended(uuid, 0));
