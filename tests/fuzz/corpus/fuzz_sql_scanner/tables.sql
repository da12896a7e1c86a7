CREATE TABLE "user" (id INTEGER PRIMARY KEY AUTOINCREMENT, name varchar(20) DEFAULT 'it''s', -- a name
  [odd name] REAL CHECK ([odd name] > 1e-3), `data` BLOB DEFAULT x'00ff') STRICT;
INSERT INTO user VALUES (?1, :name, @a, $b, 0x1F, -1.5E+10) ON CONFLICT DO NOTHING;
