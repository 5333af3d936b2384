-- The registry of one region: its services, and every migration of each.
-- The JSON of a migration is that of Prisma 1's own table (prisma1-server.md §3.7).

CREATE TABLE change_number (
    value BIGINT NOT NULL
);
INSERT INTO change_number (value) VALUES (0);

CREATE TABLE service (
    id        BIGINT  GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    workspace TEXT COLLATE "C" NOT NULL,             -- '' in the engine role
    name      TEXT COLLATE "C" NOT NULL,
    stage     TEXT COLLATE "C" NOT NULL,
    secrets   TEXT    NOT NULL,             -- sealed JSON array of texts
    placement TEXT    NOT NULL,             -- JSON: where its data lives
    state     TEXT    NOT NULL DEFAULT 'live' CHECK (state IN ('live', 'deleting')),
    created_ms BIGINT NOT NULL,
    UNIQUE (workspace, name, stage)
);

CREATE TABLE migration (
    service_id  BIGINT NOT NULL REFERENCES service (id) ON DELETE CASCADE,
    revision    BIGINT NOT NULL,
    schema      TEXT    NOT NULL,
    functions   TEXT    NOT NULL,
    status      TEXT    NOT NULL CHECK (status IN
        ('PENDING', 'IN_PROGRESS', 'SUCCESS', 'ROLLING_BACK', 'ROLLBACK_SUCCESS', 'ROLLBACK_FAILURE')),
    applied     BIGINT NOT NULL DEFAULT 0,
    rolled_back BIGINT NOT NULL DEFAULT 0,
    steps       TEXT    NOT NULL,
    errors      TEXT    NOT NULL,
    started_ms  BIGINT,
    finished_ms BIGINT,
    datamodel   TEXT    NOT NULL,
    PRIMARY KEY (service_id, revision)
);
