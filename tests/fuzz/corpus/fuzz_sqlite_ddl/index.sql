CREATE UNIQUE INDEX ix ON post (lower(title), n DESC, title COLLATE NOCASE) WHERE n > 1 AND title IS NOT NULL
