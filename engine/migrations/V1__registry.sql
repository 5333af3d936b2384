-- The registry of one region: its services, and every migration of each.
-- The JSON of a migration is that of Prisma 1's own table (prisma1-server.md §3.7).

CREATE TABLE change_number (
    value INTEGER NOT NULL
);
INSERT INTO change_number (value) VALUES (0);

CREATE TABLE service (
    id        INTEGER PRIMARY KEY AUTOINCREMENT,
    workspace TEXT    NOT NULL,             -- '' in the engine role
    name      TEXT    NOT NULL,
    stage     TEXT    NOT NULL,
    secrets   TEXT    NOT NULL,             -- sealed JSON array of texts
    placement TEXT    NOT NULL,             -- JSON: where its data lives
    state     TEXT    NOT NULL DEFAULT 'live' CHECK (state IN ('live', 'deleting')),
    created_ms INTEGER NOT NULL,
    UNIQUE (workspace, name, stage)
);

CREATE TABLE migration (
    service_id  INTEGER NOT NULL REFERENCES service (id) ON DELETE CASCADE,
    revision    INTEGER NOT NULL,
    schema      TEXT    NOT NULL,
    functions   TEXT    NOT NULL,
    status      TEXT    NOT NULL CHECK (status IN
        ('PENDING', 'IN_PROGRESS', 'SUCCESS', 'ROLLING_BACK', 'ROLLBACK_SUCCESS', 'ROLLBACK_FAILURE')),
    applied     INTEGER NOT NULL DEFAULT 0,
    rolled_back INTEGER NOT NULL DEFAULT 0,
    steps       TEXT    NOT NULL,
    errors      TEXT    NOT NULL,
    started_ms  INTEGER,
    finished_ms INTEGER,
    datamodel   TEXT    NOT NULL,
    PRIMARY KEY (service_id, revision)
);
