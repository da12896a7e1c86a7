-- ormdb revision: b8c47a0e91d6
-- ormdb down_revision: 0f5d8e17b3c2
-- ormdb message: newest posts first
-- ormdb created: 2026-03-20T15:42:18Z
-- ormdb upgrade
-- ormdb effects:
-- - create_index: {name: ix_post_date_posted, table: post, columns: [date_posted desc]}
CREATE INDEX ix_post_date_posted ON post (date_posted DESC);
-- ormdb downgrade
-- ormdb effects:
-- - drop_index: {name: ix_post_date_posted, table: post, columns: [date_posted desc]}
DROP INDEX ix_post_date_posted;
