-- The bytes that services may hold, and those that are spoken for (design D8).

CREATE TABLE quota (
    service_id  BIGINT NOT NULL PRIMARY KEY REFERENCES service (id) ON DELETE CASCADE,
    limit_bytes BIGINT,                     -- NULL: as many as any service of the region
    spoken_for  BIGINT,                     -- counted, and leased since; NULL: not counted since a deploy
    leases      TEXT NOT NULL               -- JSON: what each engine may still be storing
);
