-- Which engine works on what, and what each of them has heard of (design D11, D21).

-- The engines that answer requests, where several can: each counts its beat up all the time.
CREATE TABLE engine (
    id   TEXT   NOT NULL PRIMARY KEY,
    beat BIGINT NOT NULL,
    seen BIGINT NOT NULL                    -- number of the newest change after which it kept nothing old
);

-- What engines must forget, by the number of the change.
CREATE TABLE changed_service (
    number    BIGINT NOT NULL PRIMARY KEY,
    workspace TEXT   NOT NULL,
    name      TEXT   NOT NULL,
    stage     TEXT   NOT NULL
);

ALTER TABLE migration ADD COLUMN worker TEXT;              -- the engine that carries it out
ALTER TABLE migration ADD COLUMN live BIGINT NOT NULL DEFAULT 0; -- 1: its tables are there, and requests see them
ALTER TABLE migration ADD COLUMN client TEXT NOT NULL DEFAULT 'answered'; -- who asked for it: 'waits', 'left', 'answered'
ALTER TABLE migration ADD COLUMN warnings TEXT NOT NULL DEFAULT '[]'; -- JSON: those that were forced
UPDATE migration SET live = 1 WHERE status = 'SUCCESS';
CREATE INDEX open_migration ON migration (service_id) WHERE status IN ('PENDING', 'IN_PROGRESS', 'ROLLING_BACK');

ALTER TABLE service ADD COLUMN worker TEXT;                -- the engine that removes its data
CREATE INDEX deleted_service ON service (id) WHERE state = 'deleting';
